import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { StartError } from './progress.mjs';

function fromPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const link = join(folder, 'npm');
    if (!existsSync(link)) continue;
    const target = realpathSync(link);
    if (target.endsWith('npm-cli.js')) return target;
  }
  return undefined;
}

function fromGlobalRoot() {
  try {
    const root = execFileSync('npm', ['root', '-g'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return join(root.trim(), 'npm', 'bin', 'npm-cli.js');
  } catch {
    return undefined;
  }
}

/** The host's npm as a script that any Node can run. Throws StartError when there is none. */
function findNpm() {
  const besideNode = join(
    dirname(dirname(process.execPath)),
    'lib',
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  );
  const places = [
    () => (process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined),
    fromPath,
    () => besideNode,
    () => '/usr/lib/node_modules/npm/bin/npm-cli.js',
    () => '/usr/share/nodejs/npm/bin/npm-cli.js',
    fromGlobalRoot,
  ];
  for (const place of places) {
    const path = place();
    if (path && existsSync(path)) return path;
  }
  throw new StartError('npm was not found: install Node.js with npm (20 or newer).');
}

function canWrite(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Settings that npm hands on to scripts and a nested npm must keep. */
const INHERITED = /^npm_config_(registry|cache|userconfig|globalconfig|cafile|proxy|https_proxy|noproxy)$/i;

/** npm keeps a cache and logs at home; where there is no home to write to, they go to `fallbackHome`. */
function npmEnvironment(fallbackHome) {
  // npm tells scripts about itself in npm_*: a nested npm must find its own settings.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  for (const [name, value] of Object.entries(process.env)) {
    // Without a home npm hands on a literal '~'.
    if (INHERITED.test(name) && !value.startsWith('~')) env[name] = value;
  }
  const home = process.env.HOME;
  if (home && canWrite(home)) return env;
  if (home === undefined && canWrite(homedir())) return env;
  mkdirSync(fallbackHome, { recursive: true, mode: 0o700 });
  return { ...env, HOME: fallbackHome };
}

function firstLines(text, count) {
  return text.trim().split('\n').slice(0, count).join('\n');
}

/**
 * Runs the host's npm on the Node of this process. Install scripts never run.
 *
 * @param args npm's arguments
 * @param options.cwd the folder of package.json
 * @param options.fallbackHome a folder for npm's cache where HOME can't be written
 * @throws StartError with npm's last lines
 */
export function runNpm(args, { cwd, fallbackHome }) {
  const all = [findNpm(), ...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, all, {
      cwd,
      env: npmEnvironment(fallbackHome),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let tail = '';
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`npm ${args.join(' ')} failed in ${cwd}:\n${firstLines(tail, 25)}`));
    });
  });
}
