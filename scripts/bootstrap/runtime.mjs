import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './npm.mjs';
import { ENDS_WITH_PARENT, whenParentEnds } from './parent.mjs';
import { StartError, step } from './progress.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Compiled scripts: what a start compiled, the next one takes from here. */
export const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'pitwall-compile');
const FLOOR = 24;

const majorOf = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

function runsHere(node) {
  try {
    return majorOf(execFileSync(node, ['--version'], { encoding: 'utf8' })) >= FLOOR;
  } catch {
    return false;
  }
}

/** The pinned Node of the npm package for this platform; installed when it is missing. */
async function pinnedNode(fallbackHome) {
  const folder = join(ROOT, 'scripts', 'runtime');
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    await step(`Getting Node ${FLOOR} (this machine has ${process.version})`, () =>
      runNpm(['ci'], { cwd: folder, fallbackHome }),
    );
  }
  if (!runsHere(node)) {
    throw new StartError(
      `Node ${FLOOR} or newer is needed and ${name} has none that runs here: install Node ${FLOOR} and start again.`,
    );
  }
  return node;
}

/** Hands over to another Node: same script, same terminal; its end is ours. */
function handOver(node, script) {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path, [ENDS_WITH_PARENT]: '1' };
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit', env });
  whenParentEnds(() => child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : code);
  });
}

/**
 * Makes sure that the script runs on Node 24 or newer.
 *
 * @param script path of the script that is running
 * @returns false when another Node took over: the caller then does nothing more
 */
export async function onPinnedRuntime(script, fallbackHome) {
  if (majorOf(process.version) >= FLOOR) return true;
  handOver(await pinnedNode(fallbackHome), script);
  return false;
}
