import { setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 5;

/** Resolves as soon as it is true. @throws when it is not within `withinMs` of real time */
export async function untilTrue(isTrue: () => boolean, withinMs = 10_000): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`was not so within ${withinMs} ms: ${isTrue}`);
    await wait(LOOK_MS);
  }
}
