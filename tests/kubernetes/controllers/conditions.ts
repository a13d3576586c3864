import type { Condition } from './workloads.ts';

export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | null {
  return conditions?.find((condition) => condition.type === type) ?? null;
}

/** With a condition set. One of the same status and reason stays as it is, words and times included. */
export function withCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>,
  time: string,
): Condition[] {
  const old = conditionOf(conditions, next.type);
  if (old?.status === next.status && old.reason === next.reason) return [...conditions];
  return renewed(conditions, next, time);
}

/** Like `withCondition`, but always new: its last update is now. */
export function renewed(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>,
  time: string,
): Condition[] {
  const old = conditionOf(conditions, next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : time;
  const rest = conditions.filter((condition) => condition.type !== next.type);
  return [...rest, { ...next, lastUpdateTime: time, lastTransitionTime }];
}

export function withoutCondition(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}
