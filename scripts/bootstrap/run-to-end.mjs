import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const KEPT_CHARACTERS = 20_000;
const SHOWN_LINES = 60;

/**
 * Runs a script on the Node of this process and keeps the end of what it prints.
 *
 * @param options cwd, env and signal of the child; `onLine` is told each line that it prints, as it comes
 * @returns code: exit code, null when a signal ended it; output: its last lines
 */
export function runToEnd(args, { onLine, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
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
