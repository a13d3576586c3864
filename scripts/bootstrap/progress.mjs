/**
 * Bootstrap: from a fresh clone to running processes. Everything up to the installation of the
 * dependencies runs on Node 20 with nothing installed.
 *
 * This file prints what the person at the terminal reads.
 */
import { visible } from '../engines/visible.mjs';

/** Seconds with one decimal since this process began. */
export function elapsed() {
  return `${(performance.now() / 1000).toFixed(1)} s`;
}

export function say(text) {
  process.stdout.write(`[${elapsed().padStart(7)}] ${visible(text, '\n\t')}\n`);
}

/** The longest time without a line while a step is at work, milliseconds. */
const SILENT_MS = 10_000;

/**
 * Runs one step of the start: says that it began, how far it is, and how long it took.
 *
 * @param work gets a function that takes the words for what it does now; while it says nothing, its last words are
 *   repeated from time to time, so that nobody takes a long step for one that hangs
 */
export async function step(title, work, silentMs = SILENT_MS) {
  const begin = Date.now();
  const passed = () => (Date.now() - begin) / 1000;
  let doing = '';
  let pulse;
  const wait = () => {
    clearTimeout(pulse);
    pulse = setTimeout(() => {
      say(`${title}: ${doing || 'at work'}, ${passed().toFixed(0)} s so far`);
      wait();
    }, silentMs);
  };
  say(`${title} ...`);
  wait();
  try {
    const result = await work((words) => {
      doing = words;
      say(`${title}: ${words}`);
      wait();
    });
    say(`${title}: done in ${passed().toFixed(1)} s`);
    return result;
  } finally {
    clearTimeout(pulse);
  }
}

/** A failure whose message says all that the person needs: printed without a stack. */
export class StartError extends Error {
  name = 'StartError';
}

/** Ends the process with what is wrong. */
export function fail(error) {
  const known = ['StartError', 'ConfigError'].includes(error?.name);
  const words = known ? error.message : (error?.stack ?? String(error));
  process.stderr.write(`\n${visible(words, '\n\t')}\n`);
  process.exitCode = 1;
}
