import { and, eq, isNotNull, or, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { alertInstances, alertRules } from '#db/schema/alert-rules.ts';
import { readInstances } from '#lib/alerts/evaluate/instance-rows.ts';
import { type InstanceTransition, isFiring, type RuleInstance } from '#lib/alerts/rules/instance.ts';
import { unhealthyRuleFinding } from '#lib/alerts/rules/unhealthy-rule.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import type { Applied } from '#lib/pipeline/raise/apply-findings.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { writeChanges } from './record.ts';

type Retired = Pick<
  typeof alertRules.$inferSelect,
  'id' | 'teamId' | 'name' | 'version' | 'health' | 'deletedAt'
>;

/** Rules that are over but have left something: one of them, locked. */
async function claimRetired(tx: Tx): Promise<Retired | null> {
  const hasInstances = sql`exists (select 1 from ${alertInstances} i where i.rule_id = ${alertRules.id})`;
  const [row] = await tx
    .select()
    .from(alertRules)
    .where(
      and(
        or(eq(alertRules.enabled, false), isNotNull(alertRules.deletedAt)),
        or(hasInstances, eq(alertRules.health, 'error')),
      ),
    )
    .limit(1)
    .for('update', { skipLocked: true });
  return row ?? null;
}

function over(rule: Retired, instance: RuleInstance, reason: string, at: Date): Finding {
  const { labels, fingerprint, agentId, severity, value, firedAtMs } = instance;
  return {
    ...{ source: 'rule', sourceId: rule.id, labels, fingerprint, agentId, severity, value, reason },
    ...{ annotations: {}, title: rule.name, message: reason, generatorUrl: null, runbookUrl: null },
    ...{ firing: false, startsAt: new Date(firedAtMs ?? 0), endsByTimeout: false },
    endsAt: new Date(Math.max(at.getTime(), firedAtMs ?? 0)),
  };
}

async function retireOne(tx: Tx, rule: Retired): Promise<Applied | null> {
  const reason = rule.deletedAt === null ? 'the rule was switched off' : 'the rule was deleted';
  const now = await databaseNow(tx);
  const before = await readInstances(tx, rule.id);
  const transitions = before.map(({ fingerprint, labels, state, severity, value }): InstanceTransition => {
    return { fingerprint, labels, from: state, to: 'normal', severity, reason, value };
  });
  const findings = before.filter(isFiring).map((instance) => over(rule, instance, reason, now));
  if (rule.health === 'error') findings.push(unhealthyRuleFinding(rule, null, now.getTime()));
  const change = { rule, before, after: [], transitions, atMs: now.getTime() };
  const applied = await writeChanges(tx, rule.teamId, [change], findings);
  await tx.update(alertRules).set({ health: 'unknown', healthReason: '' }).where(eq(alertRules.id, rule.id));
  return applied;
}

/** Resolves what rules left that were deleted or switched off. @returns how many rules were done */
export async function retireRules(
  { db, bus }: { db: Db; bus: Pick<EventBus, 'publish'> },
  limit: number,
): Promise<number> {
  for (let done = 0; done < limit; done++) {
    const retired = await db.transaction(async (tx) => {
      const rule = await claimRetired(tx);
      return rule && { applied: await retireOne(tx, rule) };
    });
    if (retired === null) return done;
    retired.applied?.afterCommit(bus);
  }
  return limit;
}
