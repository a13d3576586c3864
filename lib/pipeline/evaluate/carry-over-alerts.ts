import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { readEarlierVersions } from '#lib/alerts/evaluate/earlier-versions.ts';
import { moveInstances } from '#lib/alerts/evaluate/instance-rows.ts';
import { relabelAlerts } from '#lib/alerts/relabel-alerts.ts';
import { type CarriedOver, carryOver, strangersOf } from '#lib/alerts/rules/carry-over.ts';
import { isFiring, type Rule, type RuleInstance } from '#lib/alerts/rules/instance.ts';
import { TemplateError } from '#lib/alerts/rules/template.ts';
import { findingOf } from '#lib/alerts/rules/words.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { followChanges } from '#lib/pipeline/raise/follow-changes.ts';

/** The instances of a rule as it calls them now, and the alerts that are called otherwise by that. */
interface CarriedAlerts {
  instances: RuleInstance[];
  changed: ChangedAlert[];
}

/** Nothing where the labels of the rule can't be filled in: its evaluation says so. */
function carriedOver(rule: Rule, earlier: readonly Rule[], stored: readonly RuleInstance[]): CarriedOver[] {
  try {
    return carryOver(rule, earlier, stored);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

/**
 * Lets what fires go on under the name and the labels that its rule has by now, before the rule is evaluated: the same
 * alerts, whoever has them, and nobody is told. The caller holds the rule's lock.
 */
export async function carryOverAlerts(
  tx: Tx,
  rule: Rule,
  stored: readonly RuleInstance[],
): Promise<CarriedAlerts> {
  if (strangersOf(rule, stored).length === 0) return { instances: [...stored], changed: [] };
  const earlier = await readEarlierVersions(tx, rule);
  const carried = carriedOver(rule, earlier, stored);
  if (carried.length === 0) return { instances: [...stored], changed: [] };
  await moveInstances(tx, rule.id, carried);
  const after = new Map(carried.map((one) => [one.before, one.after]));
  const relabellings = carried
    .filter(({ before }) => isFiring(before))
    .map(({ before, after: { fingerprint, labels }, after: instance }) => ({
      ...{ before: before.fingerprint, sinceMs: before.firedAtMs ?? before.activeAtMs },
      ...{ fingerprint, labels, title: findingOf(rule, instance, '', null).title },
    }));
  const at = await databaseNow(tx);
  const relabelled = await relabelAlerts(tx, rule, relabellings, 'its rule was edited', at);
  const changed = await followChanges(tx, rule.teamId, relabelled, at);
  return { instances: stored.map((instance) => after.get(instance) ?? instance), changed };
}
