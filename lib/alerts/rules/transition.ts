import type { Finding } from '#lib/model/alert-finding.ts';
import type { ErrorPolicy, NoDataPolicy } from '#lib/model/alert-rule.ts';
import { type Condition, endedConditions, readCondition } from './conditions.ts';
import {
  GRAIN_MS,
  type InstanceTransition,
  isFiring,
  type Rule,
  type RuleHealth,
  type RuleInstance,
  type RuleOutcome,
  type RulePoint,
  type RuleResult,
} from './instance.ts';
import { hasData, readPoints } from './read-points.ts';
import { type Reading, stepInstance } from './step-instance.ts';
import { findingOf, keptOpenReason } from './words.ts';

/** More instances than the rule may have (alerting S9). */
class InstanceLimitError extends Error {}

/** What is collected while instances are stepped one by one. */
interface Draft {
  instances: RuleInstance[];
  transitions: InstanceTransition[];
  findings: Finding[];
}

function transitionOf(before: RuleInstance | null, after: RuleInstance | null, reason: string) {
  const about = after ?? before;
  if (about === null) return null;
  const [from, to] = [before?.state ?? 'normal', after?.state ?? 'normal'] as const;
  if (from === to && before?.severity === after?.severity) return null;
  const { fingerprint, labels, severity, value } = about;
  return { fingerprint, labels, from, to, severity, reason, value } satisfies InstanceTransition;
}

/** Takes over what one instance has become, and what is to be told of it. */
function settle(
  draft: Draft,
  rule: Rule,
  [before, after]: [RuleInstance | null, RuleInstance | null],
  reason: string,
  atMs: number,
): void {
  if (after) draft.instances.push(after);
  const transition = transitionOf(before, after, reason);
  if (transition) draft.transitions.push(transition);
  if (after && isFiring(after)) {
    const isNews = transition !== null || before?.value !== after.value;
    const turned = before !== null && isFiring(before) && before.state !== after.state;
    const why = after.state === 'recovering' ? keptOpenReason(rule, reason) : reason;
    const finding = { ...findingOf(rule, after, reason, null), reason: why };
    if (isNews) draft.findings.push(turned ? { ...finding, turned } : finding);
  } else if (before && isFiring(before)) {
    draft.findings.push(findingOf(rule, { ...before, value: after?.value ?? before.value }, reason, atMs));
  }
}

/** A series without a reading while others have one: kept for some evaluations, then over (alerting S18). */
function missOne(instance: RuleInstance, { definition }: Rule, atMs: number): RuleInstance | null {
  const missed = instance.missed + 1;
  return missed >= definition.missedEvaluations ? null : { ...instance, missed, lastEvaluatedAtMs: atMs };
}

function stepAll(
  rule: Rule,
  previous: readonly RuleInstance[],
  readings: ReadonlyMap<string, Reading>,
  absent: 'missed' | 'kept',
  atMs: number,
): Draft {
  const draft: Draft = { instances: [], transitions: [], findings: [] };
  const known = new Map(previous.map((instance) => [instance.fingerprint, instance]));
  for (const instance of previous) {
    // What an older evaluation says does not count against a newer one (alerting S30).
    const isNewer = instance.lastEvaluatedAtMs > atMs;
    if (isNewer) draft.instances.push(instance);
    else if (!readings.has(instance.fingerprint)) {
      const after = absent === 'kept' ? instance : missOne(instance, rule, atMs);
      settle(draft, rule, [instance, after], 'missing series', atMs);
    }
  }
  for (const reading of readings.values()) {
    const before = known.get(reading.fingerprint) ?? null;
    if (before && before.lastEvaluatedAtMs > atMs) continue;
    settle(draft, rule, [before, stepInstance(before, reading, rule, atMs)], reading.reason, atMs);
  }
  const { instanceLimit } = rule.definition;
  if (draft.instances.length > Math.max(instanceLimit, previous.length))
    throw new InstanceLimitError(`${draft.instances.length} instances, at most ${instanceLimit} allowed`);
  return draft;
}

/** The hold time of a condition counts on from whatever was pending before it (alerting S17). */
function inheritPending(
  previous: readonly RuleInstance[],
  readings: ReadonlyMap<string, Reading>,
): RuleInstance[] {
  const pending = previous.filter(({ state }) => state === 'pending');
  const [oldest] = pending.toSorted((a, b) => a.activeAtMs - b.activeAtMs);
  if (!oldest) return [];
  const known = new Set(previous.map(({ fingerprint }) => fingerprint));
  return [...readings.values()]
    .filter(({ fingerprint, severity }) => severity !== null && !known.has(fingerprint))
    .map(({ severity, reason: _reason, ...reading }) => ({
      ...oldest,
      ...reading,
      severity: severity ?? oldest.severity,
    }));
}

function underCondition(
  rule: Rule,
  previous: readonly RuleInstance[],
  condition: Condition,
  policy: NoDataPolicy | ErrorPolicy,
  atMs: number,
): Draft {
  const readings = readCondition(rule, previous, condition, policy);
  return stepAll(rule, [...previous, ...inheritPending(previous, readings)], readings, 'kept', atMs);
}

function fromResult(
  rule: Rule,
  result: RuleResult,
  previous: readonly RuleInstance[],
  atMs: number,
): Draft & { health: RuleHealth } {
  const ok: RuleHealth = { state: 'ok', reason: '' };
  if (result.kind === 'error') {
    const { reason } = result;
    const draft = underCondition(rule, previous, { kind: 'error', reason }, rule.definition.onError, atMs);
    return { ...draft, health: { state: 'error', reason } };
  }
  if (result.kind === 'learning') {
    const kept = stepAll(rule, previous, new Map(), 'kept', atMs);
    return { ...kept, health: { state: 'learning', reason: result.reason } };
  }
  const points = result.kind === 'points' ? result.points : [];
  const isHeard = result.kind !== 'points' || result.isHeard;
  const known = new Map(previous.map((instance) => [instance.fingerprint, instance]));
  const readings = readPoints(rule, points, known);
  if (result.kind === 'points' && !points.some(hasData)) {
    const policy = isHeard ? rule.definition.noData : 'keep-last';
    const condition = { kind: 'no_data', reason: 'no data' } as const;
    return { ...underCondition(rule, previous, condition, policy, atMs), health: ok };
  }
  const all = new Map([...endedConditions(rule, previous), ...readings]);
  return { ...stepAll(rule, previous, all, isHeard ? 'missed' : 'kept', atMs), health: ok };
}

/**
 * One evaluation of a rule: its instances and what its source said become its new instances, the changes
 * among them and what is to be told (alerting S1 to S20). When the evaluation itself fails, nothing changes
 * but the rule's health.
 *
 * @param atMs the evaluation's own time: its slot of the grid, not the moment it came to run
 */
export function transition(
  rule: Rule,
  result: RuleResult,
  previous: readonly RuleInstance[],
  atMs: number,
): RuleOutcome {
  try {
    return { ...fromResult(rule, result, previous, atMs), failed: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const health: RuleHealth = { state: 'error', reason };
    return { instances: [...previous], transitions: [], findings: [], health, failed: true };
  }
}

/**
 * An extra evaluation of some series of a rule, on live values: what breaches fires, nothing ends. It has seen
 * more than an evaluation of the grid at the same moment, by the rule's offset and by the window that has not
 * ended yet; slots that have not seen as much count as older (alerting S30).
 *
 * @param previous the instances of these series only
 */
export function transitionBreaches(
  rule: Rule,
  points: readonly RulePoint[],
  previous: readonly RuleInstance[],
  nowMs: number,
): RuleOutcome {
  const leadMs = rule.definition.offsetSeconds * 1000 + GRAIN_MS;
  const shift = (instance: RuleInstance, byMs: number): RuleInstance => ({
    ...instance,
    lastEvaluatedAtMs: instance.lastEvaluatedAtMs + byMs,
  });
  const earlier = previous.map((instance) => shift(instance, -leadMs));
  const known = new Map(earlier.map((instance) => [instance.fingerprint, instance]));
  const readings = [...readPoints(rule, points, known)].filter(([, { severity }]) => severity !== null);
  const draft = stepAll(rule, earlier, new Map(readings), 'kept', nowMs);
  return {
    ...draft,
    instances: draft.instances.map((instance) => shift(instance, leadMs)),
    health: { state: 'ok', reason: '' },
    failed: false,
  };
}
