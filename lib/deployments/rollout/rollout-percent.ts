import type { RolloutStatus } from '#lib/model/rollout.ts';

/**
 * How much of a rollout is done, 0 to 100: new pods that are available, of those that are wanted. The counters tell
 * available pods of all versions together, so that those of former ones are taken off; 100 is what is complete.
 */
export function rolloutPercent({ phase, replicas }: Pick<RolloutStatus, 'phase' | 'replicas'>): number {
  if (phase === 'complete') return 100;
  const { desired, updated, available, old } = replicas;
  const done = Math.min(updated, Math.max(0, available - old));
  return desired === 0 ? 0 : Math.min(99, Math.floor((100 * done) / desired));
}
