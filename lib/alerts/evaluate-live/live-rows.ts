import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { alertInstances, alertRules } from '#db/schema/alert-rules.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { Rule } from '../rules/instance.ts';
import { type LiveRule, liveRule, type Rank } from './live-rule.ts';

const active = and(eq(alertRules.enabled, true), isNull(alertRules.deletedAt));

/** Reads the rules that ticks can judge, each version once. */
export function createLiveRules(db: Db) {
  let known = new Map<string, { version: number; live: LiveRule | null }>();

  async function load(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { id, teamId, name, version, definition } = alertRules;
    const rows = await db
      .select({ id, teamId, name, version, definition })
      .from(alertRules)
      .where(inArray(alertRules.id, [...ids]));
    for (const row of rows) {
      const parsed = ruleDefinitionSchema.safeParse(row.definition);
      const live = parsed.success ? liveRule({ ...row, definition: parsed.data }) : null;
      known.set(row.id, { version: row.version, live });
    }
  }

  /** The rules of each team; null when they are the same as at the last call. */
  return async function refresh(): Promise<Map<string, LiveRule[]> | null> {
    const rows = await db
      .select({ id: alertRules.id, version: alertRules.version })
      .from(alertRules)
      .where(active);
    const stale = rows.filter(({ id, version }) => known.get(id)?.version !== version);
    if (stale.length === 0 && rows.length === known.size) return null;
    const ids = new Set(rows.map(({ id }) => id));
    known = new Map([...known].filter(([id]) => ids.has(id)));
    await load(stale.map(({ id }) => id));
    const rules = [...known.values()].flatMap(({ live }) => (live ? [live] : []));
    return Map.groupBy(rules, ({ rule }) => rule.teamId);
  };
}

const rankOf = ({ definition: { severities } }: Rule, severity: string): Rank =>
  severity === severities.critical ? 2 : 1;

/** What of these rules fires, by rule, then by agent (`''` where the instance is of no agent). */
export async function readFiring(
  db: Db,
  rules: readonly LiveRule[],
): Promise<Map<string, Map<string, Rank>>> {
  const byId = new Map(rules.map(({ rule }) => [rule.id, rule]));
  const rows = await db
    .select({
      ruleId: alertInstances.ruleId,
      agentId: alertInstances.agentId,
      severity: alertInstances.severity,
    })
    .from(alertInstances)
    .where(
      and(
        sql`${alertInstances.ruleId} in (select jsonb_array_elements_text(${JSON.stringify([...byId.keys()])}::text::jsonb)::uuid)`,
        eq(alertInstances.state, 'firing'),
        eq(alertInstances.kind, 'data'),
      ),
    );
  const firing = new Map<string, Map<string, Rank>>();
  for (const { ruleId, agentId, severity } of rows) {
    const rule = byId.get(ruleId);
    if (!rule) continue;
    const byAgent = firing.get(ruleId) ?? new Map<string, Rank>();
    firing.set(ruleId, byAgent.set(agentId ?? '', rankOf(rule, severity)));
  }
  return firing;
}
