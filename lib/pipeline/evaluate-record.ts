import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { finishClaim, lockClaimedRule, type RuleClaim } from '#lib/alerts/evaluate/claim-rules.ts';
import { readInstances, writeInstances, writeTransitions } from '#lib/alerts/evaluate/instance-rows.ts';
import { restoreInstances } from '#lib/alerts/evaluate/restore.ts';
import type { Rule, RuleHealth, RuleInstance, RuleOutcome, RuleResult } from '#lib/alerts/rules/instance.ts';
import { transition } from '#lib/alerts/rules/transition.ts';
import { unhealthyRuleFinding } from '#lib/alerts/rules/unhealthy-rule.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { type Applied, applyFindings } from './apply-findings.ts';

/** Writes what an evaluation has concluded: instances, alerts, transitions; in the caller's transaction. */
export async function writeOutcome(
  tx: Tx,
  rule: Rule,
  before: readonly RuleInstance[],
  outcome: RuleOutcome,
  more: readonly Finding[],
  atMs: number,
): Promise<Applied | null> {
  const { instances, transitions } = outcome;
  const findings = [...outcome.findings, ...more];
  await writeInstances(tx, rule, before, instances);
  const applied =
    findings.length === 0 ? null : await applyFindings(tx, rule.teamId, findings, await databaseNow(tx));
  const ofRule = (applied?.changed ?? []).filter(({ alert }) => alert.source === 'rule');
  const alertIds = new Map(ofRule.map(({ fingerprint, alertId }) => [fingerprint, alertId]));
  await writeTransitions(tx, rule, transitions, alertIds, atMs);
  return applied;
}

/** Says so when a rule can't be evaluated, and when it can again. */
function aboutHealth(claim: RuleClaim, health: RuleHealth, failed: boolean): Finding[] {
  const wasUnhealthy = claim.health === 'error';
  if (!failed && !wasUnhealthy) return [];
  return [unhealthyRuleFinding(claim, failed ? health.reason : null, claim.slotMs)];
}

/**
 * Ends the evaluation of a claimed rule: state, alerts and the next slot in one transaction, if the claim
 * still holds (alerting S24, reliability F2).
 *
 * @returns null when it no longer does: then nothing was written
 */
export async function recordEvaluation(
  db: Db,
  claim: RuleClaim,
  rule: Rule,
  result: RuleResult,
  upSinceMs: number,
): Promise<{ applied: Applied | null } | null> {
  return db.transaction(async (tx) => {
    if (!(await lockClaimedRule(tx, claim))) return null;
    const stored = await readInstances(tx, rule.id);
    const { slotMs, lastSlotMs, intervalSeconds } = claim;
    const stretch = { slotMs, lastSlotMs, upSinceMs, intervalMs: intervalSeconds * 1000 };
    const outcome = transition(rule, result, restoreInstances(stored, stretch), slotMs);
    const more = aboutHealth(claim, outcome.health, outcome.failed);
    const applied = await writeOutcome(tx, rule, stored, outcome, more, slotMs);
    await finishClaim(tx, claim, outcome.health);
    return { applied };
  });
}

/** Ends the evaluation of a rule that can't be read: only that rule is unhealthy (reliability F38). */
export async function recordUnreadable(
  db: Db,
  claim: RuleClaim,
  reason: string,
): Promise<{ applied: Applied } | null> {
  return db.transaction(async (tx) => {
    if (!(await lockClaimedRule(tx, claim))) return null;
    const finding = unhealthyRuleFinding(claim, reason, claim.slotMs);
    const applied = await applyFindings(tx, claim.teamId, [finding], await databaseNow(tx));
    await finishClaim(tx, claim, { state: 'error', reason });
    return { applied };
  });
}
