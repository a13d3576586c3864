import type { ErrorPolicy, NoDataPolicy } from '#lib/model/alert-rule.ts';
import { conditionIdentity, instanceIdentity } from './identity.ts';
import type { Rule, RuleInstance } from './instance.ts';
import { readPoints } from './read-points.ts';
import type { Reading } from './step-instance.ts';
import { worstSeverity } from './verdict.ts';

/** What keeps a rule from judging its series. */
export interface Condition {
  kind: 'no_data' | 'error';
  reason: string;
}

/** The instances that stand for the rule's source, not for one of its series. */
function conditionFingerprints(rule: Rule) {
  return {
    no_data: conditionIdentity(rule, 'no_data').fingerprint,
    error: conditionIdentity(rule, 'error').fingerprint,
    /** What breaches under the policy `alerting` when no series is known. */
    whole: instanceIdentity(rule, {}).fingerprint,
  };
}

const clear = (instance: RuleInstance, reason: string): Reading => ({ ...instance, severity: null, reason });

/** Instances whose condition is over now that there is data, with what to say of them. */
export function endedConditions(rule: Rule, instances: readonly RuleInstance[]): Map<string, Reading> {
  const own = conditionFingerprints(rule);
  const ended = instances.filter(
    ({ fingerprint, kind }) =>
      fingerprint === own.no_data ||
      fingerprint === own.error ||
      (fingerprint === own.whole && kind !== 'data'),
  );
  return new Map(ended.map((instance) => [instance.fingerprint, clear(instance, 'there is data again')]));
}

function separateAlert(rule: Rule, { kind, reason }: Condition): Reading {
  const identity = conditionIdentity(rule, kind);
  const severity = worstSeverity(rule.definition);
  return { ...identity, kind, agentId: null, value: null, threshold: null, severity, reason };
}

/** Every series that is known breaches; when none is, the rule as a whole does. */
function everythingBreaches(
  rule: Rule,
  instances: readonly RuleInstance[],
  { kind, reason }: Condition,
): Reading[] {
  if (instances.length > 0)
    return instances.map((instance) => ({
      ...instance,
      kind,
      reason: `${reason}, which counts as a breach`,
    }));
  const severity = worstSeverity(rule.definition);
  const whole = { ...instanceIdentity(rule, {}), agentId: null, value: null, threshold: null };
  return [{ ...whole, kind, severity, reason }];
}

function zeros(rule: Rule, instances: readonly RuleInstance[]): Reading[] {
  const known = new Map(instances.map((instance) => [instance.fingerprint, instance]));
  const whole =
    rule.definition.groupBy === 'team' ? [{ labels: {}, agentId: null, value: 0, judged: 0 }] : [];
  const read = readPoints(rule, whole, known);
  for (const instance of instances.filter(({ fingerprint }) => !read.has(fingerprint))) {
    const { labels, agentId, fingerprint } = instance;
    const [zero] = readPoints(rule, [{ labels, agentId, value: 0, judged: 0 }], known).values();
    if (zero) read.set(fingerprint, { ...zero, labels, fingerprint });
  }
  return [...read.values()];
}

/**
 * What a condition says under a policy about each instance; instances without a reading stay as they are
 * (alerting S13 to S17).
 */
export function readCondition(
  rule: Rule,
  instances: readonly RuleInstance[],
  condition: Condition,
  policy: NoDataPolicy | ErrorPolicy,
): Map<string, Reading> {
  const own = conditionFingerprints(rule);
  const series = instances.filter(
    ({ fingerprint }) => fingerprint !== own.no_data && fingerprint !== own.error,
  );
  const readings: Reading[] = [];
  if (policy === 'alert') readings.push(separateAlert(rule, condition));
  if (policy === 'alerting') readings.push(...everythingBreaches(rule, series, condition));
  if (policy === 'normal')
    readings.push(
      ...series.map((instance) => clear(instance, `${condition.reason}, which counts as normal`)),
    );
  if (policy === 'zero') readings.push(...zeros(rule, series));
  // The source has answered, if only with nothing.
  const failed = instances.find(({ fingerprint }) => fingerprint === own.error);
  if (condition.kind === 'no_data' && failed) readings.push(clear(failed, 'the source answers again'));
  return new Map(readings.map((reading) => [reading.fingerprint, reading]));
}
