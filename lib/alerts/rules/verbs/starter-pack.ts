import { inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { alertRules } from '#db/schema/alert-rules.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { auditView, insertRule, ofTeam } from './rule-rows.ts';

/** What every team should know of its agents, until it says otherwise itself. */
const STARTER_RULES: Record<string, RuleDefinitionInput> = {
  'Agent silent': {
    type: 'absence',
    levels: { warning: 300, critical: 900 },
    intervalSeconds: 30,
    title: '{{ agent }} is silent',
  },
  'Error rate': {
    type: 'ratio',
    ratio: 'error_rate',
    levels: { warning: 0.1, critical: 0.3 },
    recovery: { warning: 0.08, critical: 0.25 },
    minimumCount: 20,
    keepFiringForSeconds: 120,
    title: 'Runs of {{ agent }} fail',
  },
  'Slow runs': {
    type: 'threshold',
    source: { measure: 'latency_p95' },
    levels: { warning: 60_000, critical: 180_000 },
    minimumCount: 10,
    forSeconds: 120,
    keepFiringForSeconds: 120,
    title: 'Runs of {{ agent }} are slow',
  },
  'Cost burn': {
    type: 'threshold',
    source: { measure: 'cost' },
    levels: { warning: 0.5, critical: 2 },
    windowSeconds: 600,
    keepFiringForSeconds: 300,
    title: '{{ agent }} costs more than usual',
    message: '{{ value }}, {{ severity }} from {{ threshold }} on.',
  },
};

async function placePack(tx: Tx, teamId: string): Promise<boolean> {
  const claimed = await tx.execute(sql`
    insert into alert_settings (team_id, starter_pack_at) values (${teamId}::uuid, alert_now())
    on conflict (team_id) do update set starter_pack_at = excluded.starter_pack_at
      where alert_settings.starter_pack_at is null
    returning team_id`);
  if (claimed.length === 0) return false;
  const now = await databaseNow(tx);
  const origin = { ip: null, userAgent: null, requestId: 'starter-pack' };
  const actor: SystemActor = { kind: 'system', name: 'starter pack', teamId, grants: [], origin };
  const names = Object.keys(STARTER_RULES);
  const taken = await tx
    .select({ name: alertRules.name })
    .from(alertRules)
    .where(ofTeam(teamId, inArray(alertRules.name, names)));
  for (const [name, definition] of Object.entries(STARTER_RULES)) {
    if (taken.some((row) => row.name === name)) continue;
    const content = { name, enabled: true, definition: ruleDefinitionSchema.parse(definition) };
    const row = await insertRule(tx, actor, content, now);
    const target = { kind: 'alert-rule', id: row.id };
    await recordAudit(
      tx,
      { actor, action: 'alert-rule.create', target, outcome: 'ok', after: auditView(row) },
      now,
    );
  }
  return true;
}

/**
 * Puts the starter rules in place for teams that have their first agent: once for each team, so that rules
 * that were deleted stay deleted.
 *
 * @returns how many teams got them
 */
export async function placeStarterPacks(db: Db): Promise<number> {
  const rows = await db.execute<{ team_id: string }>(sql`
    select distinct a.team_id from agents a
    left join alert_settings s on s.team_id = a.team_id
    where a.deleted_at is null and s.starter_pack_at is null limit 20`);
  let placed = 0;
  for (const { team_id } of rows) {
    if (await db.transaction((tx) => placePack(tx, team_id))) placed += 1;
  }
  return placed;
}
