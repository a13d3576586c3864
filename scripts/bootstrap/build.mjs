import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressFiles } from './compress.mjs';
import { StartError, step } from './progress.mjs';
import { runToEnd } from './run-to-end.mjs';
import { sourceHash, whenStale } from './stale.mjs';

const FOLDERS = ['app', 'components', 'lib', 'db', 'docs', 'public'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'proxy.ts', 'instrumentation.ts'];

function wanted(root) {
  const configs = readdirSync(root).filter((name) => /^(next|postcss)\.config\./.test(name));
  return sourceHash(root, { folders: FOLDERS, files: [...configs.sort(), ...FILES] });
}

/** What the build says that it begins now (`Collecting page data ...`), in the words of a step; null for its other lines. */
export function stageOf(line) {
  const begun = /^\s*([A-Z][a-z]+ing [^.]*?)\s*\.{3}/.exec(line)?.[1];
  return begun ? begun[0].toLowerCase() + begun.slice(1) : null;
}

const folderOf = (root) => join(root, '.next');

async function runBuild(root, env, signal, tell) {
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { code, output } = await runToEnd([next, 'build'], {
    cwd: root,
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CI: '1' },
    signal,
    onLine: (line) => {
      const stage = stageOf(line);
      if (stage !== null) tell(stage);
    },
  });
  if (code !== 0) throw new StartError(`The build failed:\n${output}`);
  tell('compressing its files');
  await compressFiles(join(folderOf(root), 'static'));
}

const stampOf = (root) => join(folderOf(root), 'pitwall-build');

/** Hash of the sources of a finished build; undefined without one. */
function built(root) {
  const isFinished = existsSync(join(folderOf(root), 'BUILD_ID')) && existsSync(stampOf(root));
  return isFinished ? readFileSync(stampOf(root), 'utf8') : undefined;
}

/** Builds the web console when its sources changed since the last build. */
export async function buildWhenStale(root, env, signal) {
  await whenStale(root, {
    wanted: () => wanted(root),
    built: () => built(root),
    build: async (hash) => {
      await step('Building the console', (tell) => runBuild(root, env, signal, tell));
      writeFileSync(stampOf(root), hash);
    },
  });
}

/** Copies the build of another clone, without its cache, where it is of the sources here and there is none yet. */
export function takeOverBuild(from, root) {
  const hash = wanted(root);
  if (built(from) !== hash || built(root) === hash) return;
  rmSync(folderOf(root), { recursive: true, force: true });
  const cache = join(folderOf(from), 'cache');
  const filter = (path) => path !== cache;
  cpSync(folderOf(from), folderOf(root), { recursive: true, verbatimSymlinks: true, filter });
}
