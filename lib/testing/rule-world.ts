import { eq } from 'drizzle-orm';
import { alertInstances, alertRules, alertRuleVersions, alertTransitions } from '#db/schema/alert-rules.ts';
import { alerts } from '#db/schema/alerts.ts';
import { phaseOf } from '#lib/alerts/evaluate/grid.ts';
import { createLog } from '#lib/kernel/log.ts';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { type EvaluationTools, evaluateRules } from '#lib/pipeline/evaluate/rules.ts';
import type { WindowsAnswer, WindowsQuery } from '#lib/ports/metric-store/port.ts';
import { makeTeam } from './factories.ts';
import type { World } from './world.ts';

/** What the source says of each group of a question; a function is asked, an error is thrown. */
export type Said = number | null | ((query: WindowsQuery, group: number) => number | null) | Error;

/** A metric source that says what the test wants it to. */
export function scriptedSource(first: Said) {
  const source = {
    says: first,
    asked: [] as { teamId: string; query: WindowsQuery }[],
    async measureWindows(teamId: string, query: WindowsQuery): Promise<WindowsAnswer> {
      source.asked.push({ teamId, query });
      const { says } = source;
      if (says instanceof Error) throw says;
      const groups = Array.from({ length: query.groups?.length ?? 1 }, (_, group) => group);
      const value = (group: number) => (typeof says === 'function' ? says(query, group) : says);
      return {
        values: groups.map((group) => query.windows.map(() => value(group))),
        counts: groups.map((group) => query.windows.map(() => (value(group) === null ? 0 : 100))),
      };
    },
  };
  return source;
}

/** The database's clock of alerting in a world: stands still where the test puts it. */
export async function setDatabaseClock(world: World, ms: number): Promise<void> {
  const moment = new Date(ms).toISOString();
  await world.ownerSql.unsafe(
    `create or replace function alert_now() returns timestamptz language sql stable as 'select timestamptz ''${moment}'''`,
  );
}

export async function insertRule(
  world: Pick<World, 'db'>,
  teamId: string,
  definition: RuleDefinitionInput,
  values: Partial<typeof alertRules.$inferInsert> = {},
) {
  const parsed = ruleDefinitionSchema.parse(definition);
  const id = uuidv7();
  const [row] = await world.db
    .insert(alertRules)
    .values({
      id,
      teamId,
      name: `rule ${id.slice(-6)}`,
      type: parsed.type,
      definition: parsed,
      intervalSeconds: parsed.intervalSeconds,
      offsetMs: phaseOf(id, parsed.intervalSeconds),
      nextSlotAt: new Date(0),
      ...values,
    })
    .returning();
  if (!row) throw new Error('The insert returned no row.');
  const { version, name, enabled } = row;
  await world.db
    .insert(alertRuleVersions)
    .values({ ruleId: id, version, name, definition: row.definition, enabled, changedByName: 'test' });
  return row;
}

/** One rule that looks at its whole team, evaluated whenever the test says so, at the moment it says. */
export async function ruleUnderTest(world: World, definition: RuleDefinitionInput, upSinceMs = 0) {
  const team = await makeTeam(world);
  const rule = await insertRule(world, team.id, definition);
  const source = scriptedSource(null);
  const published: [channel: string, payload: string][] = [];
  const tools: EvaluationTools = {
    db: world.db,
    bus: { publish: async (channel, payload) => void published.push([channel, payload]) },
    metrics: source,
    log: createLog('test', 'silent'),
    upSinceMs,
    patience: { timeoutMs: 1000, attempts: 3 },
  };
  const never = new AbortController().signal;
  return {
    teamId: team.id,
    rule,
    source,
    tools,
    published,
    /** Moves the database's clock and lets a worker look for what is due. */
    async evaluateAt(ms: number, says: Said, as: Partial<EvaluationTools> = {}): Promise<number> {
      source.says = says;
      await setDatabaseClock(world, ms);
      return evaluateRules({ ...tools, ...as }, never);
    },
    row: async () => {
      const [row] = await world.db.select().from(alertRules).where(eq(alertRules.id, rule.id));
      if (!row) throw new Error('The rule is gone.');
      return row;
    },
    instances: () => world.db.select().from(alertInstances).where(eq(alertInstances.ruleId, rule.id)),
    transitions: () =>
      world.db
        .select()
        .from(alertTransitions)
        .where(eq(alertTransitions.ruleId, rule.id))
        .orderBy(alertTransitions.at),
    alerts: () => world.db.select().from(alerts).where(eq(alerts.teamId, team.id)).orderBy(alerts.createdAt),
  };
}
