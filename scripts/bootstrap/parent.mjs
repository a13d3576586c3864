/** Set for a process that ends with the one that started it. npm sets a name of its own for what it runs. */
export const ENDS_WITH_PARENT = 'PITWALL_ENDS_WITH_PARENT';

const CHECK_MS = 500;
const PARENT = process.ppid;

/**
 * Tells once when the process that started this one is gone, where it was npm, our own older Node or a test: nobody
 * would pass on a Ctrl-C any more. A start that a shell began by itself outlives the shell.
 */
export function whenParentEnds(tell) {
  if (!process.env[ENDS_WITH_PARENT] && !process.env.npm_lifecycle_event) return;
  const check = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(check);
    tell();
  }, CHECK_MS);
  check.unref();
}
