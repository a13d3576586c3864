import type { InstanceKind, Severity } from '#lib/model/alert.ts';
import type { Identity } from './identity.ts';
import type { Rule, RuleInstance } from './instance.ts';

/** What an evaluation says about one instance; `severity` null is clear. */
export interface Reading extends Identity {
  kind: InstanceKind;
  agentId: string | null;
  value: number | null;
  /** What the value is beyond, or was when it last was. */
  threshold: number | null;
  severity: Severity | null;
  reason: string;
}

function breached(
  previous: RuleInstance | null,
  reading: Reading,
  severity: Severity,
  { definition }: Rule,
  atMs: number,
): RuleInstance {
  const activeAtMs = previous?.activeAtMs ?? atMs;
  // Inclusive, and also for one that fires: its hold time may have been raised (alerting S2, S10).
  const fires = atMs - activeAtMs >= definition.forSeconds * 1000;
  return {
    fingerprint: reading.fingerprint,
    labels: reading.labels,
    agentId: reading.agentId,
    kind: reading.kind,
    state: fires ? 'firing' : 'pending',
    severity,
    value: reading.value,
    threshold: reading.threshold,
    activeAtMs,
    firedAtMs: fires ? (previous?.firedAtMs ?? atMs) : null,
    clearSinceMs: null,
    lastEvaluatedAtMs: atMs,
    missed: 0,
  };
}

function cleared(previous: RuleInstance, reading: Reading, { definition }: Rule, atMs: number) {
  if (previous.state === 'pending') return null;
  const clearSinceMs = previous.clearSinceMs ?? atMs;
  if (atMs - clearSinceMs >= definition.keepFiringForSeconds * 1000) return null;
  const { kind, value } = reading;
  const next = { kind, value, clearSinceMs, lastEvaluatedAtMs: atMs, missed: 0 };
  return { ...previous, ...next, state: 'recovering' as const };
}

/** What becomes of an instance after one evaluation; null is normal (alerting S1 to S5). */
export function stepInstance(
  previous: RuleInstance | null,
  reading: Reading,
  rule: Rule,
  atMs: number,
): RuleInstance | null {
  if (reading.severity !== null) return breached(previous, reading, reading.severity, rule, atMs);
  return previous === null ? null : cleared(previous, reading, rule, atMs);
}
