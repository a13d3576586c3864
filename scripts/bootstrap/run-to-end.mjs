import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ENDS_WITH_PARENT } from './parent.mjs';

const KEPT_CHARACTERS = 20_000;
const SHOWN_LINES = 60;

const ENDING_WITH_US = ['--import', new URL('./ends-with-parent.mjs', import.meta.url).href];

/**
 * Runs a script on the Node of this process and keeps the end of what it prints. It ends with this process, also when
 * that is killed: a build that nobody waits for any more would go on for a minute.
 *
 * @param options cwd, env and signal of the child; `onLine` is told each line that it prints, as it comes
 * @returns code: exit code, null when a signal ended it; output: its last lines
 */
export function runToEnd(args, { onLine, env = process.env, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...ENDING_WITH_US, ...args], {
      ...options,
      env: { ...env, [ENDS_WITH_PARENT]: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', keep);
    if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output: output.trim().split('\n').slice(-SHOWN_LINES).join('\n') });
    });
  });
}
