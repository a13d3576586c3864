import type { Labels } from '#lib/model/alert.ts';
import { AGENT_LABELS } from '#lib/model/alert-rule.ts';
import { conditionIdentity, type Identity, instanceIdentity } from './identity.ts';
import type { Rule, RuleInstance } from './instance.ts';
import { TemplateError } from './template.ts';

/** One instance under its labels of before, and under those that its rule gives it now. */
export interface CarriedOver {
  before: RuleInstance;
  after: RuleInstance;
}

/** The labels that tell the series of a rule apart. */
const seriesOf = (labels: Labels): Labels =>
  Object.fromEntries(
    AGENT_LABELS.flatMap((name) => {
      const value = labels[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What an instance may be of its rule: one of its series, or its source without data or away. */
const WAYS: readonly ((rule: Rule, labels: Labels) => Identity)[] = [
  (rule, labels) => instanceIdentity(rule, seriesOf(labels)),
  (rule) => conditionIdentity(rule, 'no_data'),
  (rule) => conditionIdentity(rule, 'error'),
];

/** What it is of this rule; undefined when the rule calls nothing so, or its labels can't be filled in. */
function wayOf(rule: Rule, { fingerprint, labels }: RuleInstance) {
  try {
    return WAYS.find((way) => way(rule, labels).fingerprint === fingerprint);
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** The instances that the rule as it is now would call otherwise. */
export const strangersOf = (rule: Rule, instances: readonly RuleInstance[]): RuleInstance[] =>
  instances.filter((instance) => wayOf(rule, instance) === undefined);

/** The instance under the labels of its rule now; nothing when none of the versions before called it so. */
function relabelled(rule: Rule, earlier: readonly Rule[], before: RuleInstance): CarriedOver[] {
  for (const version of earlier) {
    const way = wayOf(version, before);
    if (!way) continue;
    if (version.definition.groupBy !== rule.definition.groupBy) return [];
    return [{ before, after: { ...before, ...way(rule, before.labels) } }];
  }
  return [];
}

/**
 * Instances of earlier versions of a rule, as the rule calls them now: a new name and other labels of its own make no
 * other series of it, so what fires goes on (alerting S7). What can't be told apart any more is left alone.
 *
 * @param earlier the versions before, latest first
 * @throws TemplateError when a label of the rule can't be filled in
 */
export function carryOver(
  rule: Rule,
  earlier: readonly Rule[],
  instances: readonly RuleInstance[],
): CarriedOver[] {
  const carried = strangersOf(rule, instances).flatMap((before) => relabelled(rule, earlier, before));
  // None may take the place of another, not even of one that goes itself.
  const names = [...instances, ...carried.map(({ after }) => after)].map(({ fingerprint }) => fingerprint);
  return new Set(names).size === names.length ? carried : [];
}
