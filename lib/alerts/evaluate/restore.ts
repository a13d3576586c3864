import type { RuleInstance } from '../rules/instance.ts';

/** Pending instances that nobody looked at for longer start anew. */
const TOLERANCE_MS = 3_600_000;

export interface Stretch {
  /** The slot that was evaluated last, null for none. */
  lastSlotMs: number | null;
  slotMs: number;
  intervalMs: number;
  /** When this process began to evaluate. */
  upSinceMs: number;
}

function shifted(instance: RuleInstance, byMs: number): RuleInstance {
  const { activeAtMs, clearSinceMs, lastEvaluatedAtMs } = instance;
  return {
    ...instance,
    activeAtMs: activeAtMs + byMs,
    clearSinceMs: clearSinceMs === null ? null : clearSinceMs + byMs,
    lastEvaluatedAtMs: lastEvaluatedAtMs + byMs,
  };
}

/**
 * Instances as the first evaluation after a break must see them. Time in which no process evaluated does not
 * count as pending (alerting S25); a stall of a process that went on does (S23). When the clock went back, the
 * clocks of the instances go with it, so that nothing freezes until it has caught up (S29).
 */
export function restoreInstances(instances: readonly RuleInstance[], stretch: Stretch): RuleInstance[] {
  const { lastSlotMs, slotMs, intervalMs, upSinceMs } = stretch;
  if (lastSlotMs === null) return [...instances];
  if (slotMs < lastSlotMs) {
    const byMs = slotMs - lastSlotMs - intervalMs;
    return instances.map((instance) => shifted(instance, byMs));
  }
  const downMs = upSinceMs - lastSlotMs;
  if (downMs <= intervalMs) return [...instances];
  return instances.map((instance) => {
    if (instance.state !== 'pending') return instance;
    const activeAtMs =
      downMs > TOLERANCE_MS ? slotMs : instance.activeAtMs + (slotMs - lastSlotMs - intervalMs);
    return { ...instance, activeAtMs: Math.min(activeAtMs, slotMs) };
  });
}
