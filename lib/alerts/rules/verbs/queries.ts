import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { alertInstances, alertRules, alertRuleVersions, alertTransitions } from '#db/schema/alert-rules.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { InstanceState } from '#lib/model/alert.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { RuleDetail, RuleRow, RuleTransition, RuleVersion } from '#lib/model/alert-rule-view.ts';
import { momentMs } from '#lib/model/time-schema.ts';
import { writeRuleFile } from './rule-file.ts';
import { noSuchRule, ofTeam, type RuleRecord } from './rule-rows.ts';

const SHOWN_INSTANCES = 200;
const oneRule = z.strictObject({ id: z.uuid() });

const stateCount = (state: InstanceState) =>
  sql<number>`(select count(*)::int from ${alertInstances} i
    where i.rule_id = ${alertRules.id} and i.state = ${state})`;
const counts = {
  pending: stateCount('pending'),
  firing: stateCount('firing'),
  recovering: stateCount('recovering'),
};
type Counts = Record<keyof typeof counts, number>;

/** Severities that a rule can raise; none when its definition can't be read. */
function severitiesOf({ definition }: RuleRecord): RuleRow['severities'] {
  const { data } = ruleDefinitionSchema.safeParse(definition);
  if (!data) return [];
  const { levels, severities } = data;
  return (['warning', 'critical'] as const)
    .filter((level) => levels[level] !== undefined)
    .map((level) => severities[level]);
}

function toRow({ rule, pending, firing, recovering }: Counts & { rule: RuleRecord }): RuleRow {
  return {
    id: rule.id,
    name: rule.name,
    type: rule.type,
    enabled: rule.enabled,
    severities: severitiesOf(rule),
    version: rule.version,
    health: rule.health,
    healthReason: rule.healthReason,
    lastEvaluatedAt: rule.lastSlotAt?.getTime() ?? null,
    missedSlots: rule.missedSlots,
    pending,
    firing,
    recovering,
    updatedAt: rule.updatedAt.getTime(),
  };
}

/** All rules of the team, by name. */
export const listRules = defineQuery({
  name: 'alert-rules.list',
  permission: 'alert-rules:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: RuleRow[] }> {
    const rows = await db
      .select({ rule: alertRules, ...counts })
      .from(alertRules)
      .where(ofTeam(actor.teamId))
      .orderBy(alertRules.name);
    return { items: rows.map(toRow) };
  },
});

/** One rule with its instances. @throws AppError `not_found` */
export const getRule = defineQuery({
  name: 'alert-rules.get',
  permission: 'alert-rules:read',
  input: oneRule,
  async run({ input: { id }, actor, db }): Promise<RuleDetail> {
    const [found] = await db
      .select({ rule: alertRules, ...counts })
      .from(alertRules)
      .where(ofTeam(actor.teamId, eq(alertRules.id, id)));
    if (!found) throw noSuchRule();
    const instances = await db
      .select()
      .from(alertInstances)
      .where(eq(alertInstances.ruleId, id))
      .orderBy(desc(alertInstances.activeAt))
      .limit(SHOWN_INSTANCES);
    return {
      ...toRow(found),
      definition: ruleDefinitionSchema.safeParse(found.rule.definition).data ?? null,
      nextEvaluationAt: found.rule.nextSlotAt.getTime(),
      createdAt: found.rule.createdAt.getTime(),
      instances: instances.map(({ labels, kind, state, severity, value, agentId, alertId, ...times }) => ({
        ...{ labels, kind, state, severity, value, agentId, alertId },
        activeAt: times.activeAt.getTime(),
        firedAt: times.firedAt?.getTime() ?? null,
        clearSince: times.clearSince?.getTime() ?? null,
      })),
    };
  },
});

/** Every version of a rule, the latest first. @throws AppError `not_found` */
export const listRuleVersions = defineQuery({
  name: 'alert-rules.versions',
  permission: 'alert-rules:read',
  input: oneRule,
  async run({ input: { id }, actor, db }): Promise<{ items: RuleVersion[] }> {
    const rows = await db
      .select({ version: alertRuleVersions })
      .from(alertRuleVersions)
      .innerJoin(alertRules, eq(alertRules.id, alertRuleVersions.ruleId))
      .where(ofTeam(actor.teamId, eq(alertRules.id, id)))
      .orderBy(desc(alertRuleVersions.version));
    if (rows.length === 0) throw noSuchRule();
    return {
      items: rows.map(({ version: { version, name, enabled, definition, changedByName, at } }) => ({
        ...{ version, name, enabled, definition },
        changedBy: changedByName,
        at: at.getTime(),
      })),
    };
  },
});

/** Changes of state of a rule's instances with their reasons, the latest first. */
export const listRuleTransitions = defineQuery({
  name: 'alert-rules.transitions',
  permission: 'alert-rules:read',
  input: oneRule.extend({
    before: momentMs.optional().describe('Unix milliseconds: only earlier ones'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  async run({ input: { id, before, limit }, actor, db }): Promise<{ items: RuleTransition[] }> {
    const rows = await db
      .select()
      .from(alertTransitions)
      .where(
        and(
          eq(alertTransitions.teamId, actor.teamId),
          eq(alertTransitions.ruleId, id),
          before === undefined ? undefined : lt(alertTransitions.at, new Date(before)),
        ),
      )
      .orderBy(desc(alertTransitions.at), desc(alertTransitions.id))
      .limit(limit);
    return {
      items: rows.map((row) => ({
        ...{ id: row.id, labels: row.labels, severity: row.severity, reason: row.reason },
        ...{ from: row.fromState, to: row.toState, value: row.value, alertId: row.alertId },
        at: row.at.getTime(),
      })),
    };
  },
});

/** All rules of the team as a file. */
export const exportRules = defineQuery({
  name: 'alert-rules.export',
  permission: 'alert-rules:read',
  isHeavy: true,
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ yaml: string }> {
    const rows = await db
      .select({ name: alertRules.name, enabled: alertRules.enabled, definition: alertRules.definition })
      .from(alertRules)
      .where(ofTeam(actor.teamId));
    return { yaml: writeRuleFile(rows) };
  },
});
