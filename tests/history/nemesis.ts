import { setTimeout as wait } from 'node:timers/promises';
import type { Part, Stack } from '#tests/bench/stack.ts';
import type { Chance } from './chance.ts';

/** Processes that are killed: those that answer people and those that tell them. */
const VICTIMS: readonly Part[] = ['worker', 'web'];

/** Moments of kills, milliseconds from the start, and whom they hit; the seed alone decides. */
export function planKills(chance: Chance, seconds: number): { afterMs: number; victim: Part }[] {
  const kills: { afterMs: number; victim: Part }[] = [];
  for (let afterMs = chance.between(2000, 6000); afterMs < seconds * 1000; ) {
    const victim = chance.happens(0.6) ? VICTIMS[0] : VICTIMS[1];
    kills.push({ afterMs, victim: victim ?? 'worker' });
    afterMs += chance.between(3000, 14_000);
  }
  return kills;
}

/** Carries a plan out: kill -9, the supervisor starts the process again. Answers with what was killed when. */
export async function killBy(
  plan: ReturnType<typeof planKills>,
  stack: Pick<Stack, 'pids'>,
): Promise<{ process: string; atMs: number }[]> {
  const done: { process: string; atMs: number }[] = [];
  const beganAt = performance.now();
  for (const { afterMs, victim } of plan) {
    await wait(Math.max(0, afterMs - (performance.now() - beganAt)));
    const [pid] = stack.pids(victim);
    // It may still be down from the last time.
    if (pid === undefined) continue;
    process.kill(pid, 'SIGKILL');
    done.push({ process: victim, atMs: Date.now() });
  }
  return done;
}
