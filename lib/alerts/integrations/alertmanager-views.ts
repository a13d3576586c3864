import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { LabelMatcher, Labels, Severity } from '#lib/model/alert.ts';
import type { Suppression } from '#lib/model/alert-finding.ts';
import { labelMatcherSchema, matchedLabels, matcherTest, parseMatcher } from '#lib/model/label-matcher.ts';

/** An alert as `GET /api/v2/alerts` of Alertmanager shows it. */
interface GettableAlert {
  labels: Labels;
  annotations: Readonly<Record<string, string>>;
  receivers: { name: string }[];
  fingerprint: string;
  startsAt: string;
  updatedAt: string;
  endsAt: string;
  generatorURL: string;
  status: { state: 'active' | 'suppressed'; silencedBy: string[]; inhibitedBy: string[]; mutedBy: string[] };
}

const flag = z
  .enum(['true', 'false'])
  .default('true')
  .transform((text) => text === 'true');
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (given === undefined ? [] : Array.isArray(given) ? given : [given]), z.array(item));

/** Filters as Alertmanager writes them in the address: `filter=alertname="Slow"`. */
export const matcherFilters = listOf(
  z.string().transform((text, context): LabelMatcher => {
    const matcher = parseMatcher(text);
    if (matcher) return matcher;
    context.addIssue({ code: 'custom', message: `bad matcher format: ${text}` });
    return z.NEVER;
  }),
);

const alertFilter = z.object({
  filter: matcherFilters,
  active: flag,
  silenced: flag,
  inhibited: flag,
  muted: flag,
  unprocessed: flag,
  receiver: z
    .string()
    .max(200)
    .transform((value): LabelMatcher => ({ name: 'name', operator: '=~', value }))
    .pipe(labelMatcherSchema)
    .optional(),
});
type AlertFilter = z.output<typeof alertFilter>;

type ShownRow = Record<string, unknown> & {
  id: string;
  fingerprint: string;
  labels: Labels;
  severity: Severity;
  annotations: Readonly<Record<string, string>>;
  generator_url: string | null;
  suppressed_by: Suppression[];
  starts_ms: number;
  updated_ms: number;
  ends_ms: number | null;
  receivers: string[];
};

/** An alert that nobody said an end of ends this much later, as far as Alertmanager's clients see it. */
const NO_END_MS = 5 * 60_000;
/** One answer names no more than this; they are read in batches. */
const MOST = 50_000;
const BATCH = 5000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

function toGettable(row: ShownRow, nowMs: number): GettableAlert {
  const by = (kind: Suppression['kind']) =>
    row.suppressed_by.filter((one) => one.kind === kind).map(({ id }) => id);
  return {
    labels: matchedLabels(row),
    annotations: row.annotations,
    receivers: row.receivers.map((name) => ({ name })),
    fingerprint: row.fingerprint.slice(0, 16),
    startsAt: isoOf(row.starts_ms),
    updatedAt: isoOf(row.updated_ms),
    endsAt: isoOf(row.ends_ms ?? nowMs + NO_END_MS),
    generatorURL: row.generator_url ?? '',
    status: {
      state: row.suppressed_by.length > 0 ? 'suppressed' : 'active',
      silencedBy: by('silence'),
      inhibitedBy: by('inhibition'),
      mutedBy: by('maintenance'),
    },
  };
}

function filterOf(wanted: AlertFilter): (alert: GettableAlert) => boolean {
  const passes = matcherTest(wanted.filter);
  const reaches = wanted.receiver && matcherTest([wanted.receiver]);
  return ({ labels, receivers, status }) => {
    if (!passes(labels)) return false;
    // Who asks for no receiver wants to see an alert that has found none yet, too.
    if (reaches && !receivers.some(({ name }) => reaches({ name }))) return false;
    if (status.state === 'active') return wanted.active;
    if (status.silencedBy.length > 0 && !wanted.silenced) return false;
    if (status.inhibitedBy.length > 0 && !wanted.inhibited) return false;
    return status.mutedBy.length === 0 || wanted.muted;
  };
}

const batchAfter = (db: Db, teamId: string, last: string | null) =>
  db.execute<ShownRow>(sql`
    select a.id, a.fingerprint, a.labels, a.severity, a.annotations, a.generator_url, a.suppressed_by,
      extract(epoch from a.starts_at)::float8 * 1000 as starts_ms,
      extract(epoch from a.last_received_at)::float8 * 1000 as updated_ms,
      extract(epoch from a.ends_at)::float8 * 1000 as ends_ms,
      coalesce((
        select array_agg(distinct r.name) from alert_group_members m
        join alert_groups g on g.id = m.group_id join alert_routes r on r.id = g.route_id where m.alert_id = a.id
      ), '{}') as receivers
    from alerts a
    where a.team_id = ${teamId}::uuid and a.status <> 'resolved' and (${last}::uuid is null or a.id > ${last}::uuid)
    order by a.id limit ${BATCH}`);

/**
 * The open alerts that pass, by their ids: all of them, or an answer that says that it would be too long. The clients
 * know of no further pages and would take a part for the whole.
 *
 * @throws AppError `too_large`
 */
async function readShown(
  db: Db,
  teamId: string,
  now: Date,
  passes: (alert: GettableAlert) => boolean,
): Promise<Map<string, GettableAlert>> {
  const shown = new Map<string, GettableAlert>();
  let last: string | null = null;
  for (;;) {
    const rows: ShownRow[] = [...(await batchAfter(db, teamId, last))];
    for (const row of rows) {
      const alert = toGettable(row, now.getTime());
      if (passes(alert)) shown.set(row.id, alert);
    }
    if (shown.size > MOST)
      throw new AppError('too_large', `More than ${MOST} alerts match. Narrow them by a filter.`);
    if (rows.length < BATCH) return shown;
    last = rows.at(-1)?.id ?? null;
  }
}

/** The open alerts as Alertmanager's clients read them (alerting S71). */
export const listGettableAlerts = defineQuery({
  name: 'alertmanager.alerts',
  permission: 'alerts:read',
  input: alertFilter,
  async run({ input, actor, db, now }): Promise<GettableAlert[]> {
    return [...(await readShown(db, actor.teamId, now, filterOf(input))).values()];
  },
});

/** The groups of alerts as Alertmanager's clients read them; a receiver is a route of ours. */
export const listGettableGroups = defineQuery({
  name: 'alertmanager.groups',
  permission: 'alerts:read',
  input: alertFilter,
  async run({ input, actor, db, now }) {
    const shown = await readShown(db, actor.teamId, now, filterOf(input));
    const rows = await db.execute<{ labels: Labels; name: string; alert_ids: string[] }>(sql`
      select g.labels, r.name, array_agg(m.alert_id order by m.alert_id) as alert_ids
      from alert_groups g join alert_routes r on r.id = g.route_id join alert_group_members m on m.group_id = g.id
      where g.team_id = ${actor.teamId}::uuid group by g.id, g.labels, r.name order by g.group_key`);
    return rows
      .map(({ labels, name, alert_ids }) => ({
        labels,
        receiver: { name },
        alerts: alert_ids.flatMap((id) => shown.get(id) ?? []),
      }))
      .filter(({ alerts }) => alerts.length > 0);
  },
});

export const listReceivers = defineQuery({
  name: 'alertmanager.receivers',
  permission: 'alerts:read',
  input: z.object({}),
  async run({ actor, db }): Promise<{ name: string }[]> {
    const rows = await db.execute<{ name: string }>(sql`
      select distinct name from alert_routes where team_id = ${actor.teamId}::uuid order by name`);
    return [...rows];
  },
});
