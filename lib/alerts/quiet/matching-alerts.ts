import { and, desc, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { alerts } from '#db/schema/alerts.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { labelMatcherSchema, matchedLabels, matcherTest } from '#lib/model/label-matcher.ts';
import type { KnownLabels, MatchingAlerts } from '#lib/model/mute.ts';

/** Open alerts that are held against the matchers, the latest first. */
const MOST_OPEN = 20_000;
const SHOWN = 20;

/** The open alerts that matchers would touch now. */
export const matchingAlerts = defineQuery({
  name: 'alerts.matching',
  permission: 'alerts:read',
  input: z.strictObject({ matchers: z.array(labelMatcherSchema).max(50) }),
  async run({ input, actor, db }): Promise<MatchingAlerts> {
    const { id, title, severity, status, labels } = alerts;
    const open = await db
      .select({ id, title, severity, status, labels })
      .from(alerts)
      .where(and(eq(alerts.teamId, actor.teamId), ne(alerts.status, 'resolved')))
      .orderBy(desc(alerts.id))
      .limit(MOST_OPEN);
    const passes = matcherTest(input.matchers);
    const found = open.filter((alert) => passes(matchedLabels(alert)));
    const items = found.slice(0, SHOWN).map((alert) => ({
      ...{ id: alert.id, title: alert.title, severity: alert.severity, status: alert.status },
      labels: matchedLabels(alert),
    }));
    return { open: open.length, matching: found.length, items };
  },
});

/** Alerts whose labels are offered, and values offered of one label. */
const LATEST = 2000;
const MOST_VALUES = 100;

/** Labels of the team's latest alerts with their values, so that matchers need not be written blind. */
export const knownLabels = defineQuery({
  name: 'alerts.known-labels',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<KnownLabels> {
    const rows = await db.execute<{ name: string; values: string[] }>(sql`
      select name, (array_agg(value order by value))[1:${MOST_VALUES}] as values from (
        select distinct pair.key as name, pair.value from (
          select labels from alerts where team_id = ${actor.teamId}::uuid order by id desc limit ${LATEST}
        ) latest, jsonb_each_text(latest.labels) pair
      ) named group by name order by name limit 200`);
    const known = Object.fromEntries(rows.map(({ name, values }) => [name, values]));
    return { severity: ['info', 'warning', 'error', 'critical'], alertname: [], agent: [], ...known };
  },
});
