import { eq, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alertInstances } from '#db/schema/alert-rules.ts';
import type { CarriedOver } from '../rules/carry-over.ts';
import type { InstanceTransition, Rule, RuleInstance } from '../rules/instance.ts';

type Row = typeof alertInstances.$inferSelect;

function toInstance(row: Row): RuleInstance {
  return {
    fingerprint: row.fingerprint,
    kind: row.kind,
    state: row.state,
    severity: row.severity,
    labels: row.labels,
    agentId: row.agentId,
    value: row.value,
    threshold: row.threshold,
    activeAtMs: row.activeAt.getTime(),
    firedAtMs: row.firedAt?.getTime() ?? null,
    clearSinceMs: row.clearSince?.getTime() ?? null,
    lastEvaluatedAtMs: row.lastEvaluatedAt.getTime(),
    missed: row.missed,
  };
}

/** The instances of a rule. */
export async function readInstances(tx: Tx, ruleId: string): Promise<RuleInstance[]> {
  const rows = await tx.select().from(alertInstances).where(eq(alertInstances.ruleId, ruleId));
  return rows.map(toInstance);
}

/** Some instances of some rules, by rule. */
export async function readSomeInstances(
  tx: Tx,
  wanted: readonly { ruleId: string; fingerprint: string }[],
): Promise<Map<string, RuleInstance[]>> {
  const rows = await tx
    .select({ instance: alertInstances })
    .from(alertInstances)
    .innerJoin(
      sql`jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as w("ruleId" uuid, fingerprint text)`,
      sql`w."ruleId" = ${alertInstances.ruleId} and w.fingerprint = ${alertInstances.fingerprint}`,
    );
  const found = Map.groupBy(rows, ({ instance }) => instance.ruleId);
  return new Map(
    [...found].map(([ruleId, list]) => [ruleId, list.map(({ instance }) => toInstance(instance))]),
  );
}

const at = (ms: number | null) => (ms === null ? null : new Date(ms));

/** What one evaluation made of a rule's instances. */
export interface RuleChange {
  rule: Pick<Rule, 'id' | 'teamId' | 'version'>;
  before: readonly RuleInstance[];
  after: readonly RuleInstance[];
  transitions: readonly InstanceTransition[];
  atMs: number;
}

const toRow = (rule: RuleChange['rule'], instance: RuleInstance) => ({
  rule_id: rule.id,
  team_id: rule.teamId,
  fingerprint: instance.fingerprint,
  kind: instance.kind,
  state: instance.state,
  severity: instance.severity,
  labels: instance.labels,
  agent_id: instance.agentId,
  value: instance.value,
  threshold: instance.threshold,
  active_at: at(instance.activeAtMs),
  fired_at: at(instance.firedAtMs),
  clear_since: at(instance.clearSinceMs),
  last_evaluated_at: at(instance.lastEvaluatedAtMs),
  missed: instance.missed,
});

async function removeInstances(tx: Tx, changes: readonly RuleChange[]): Promise<void> {
  const gone = changes.flatMap(({ rule, before, after }) => {
    const left = new Set(after.map(({ fingerprint }) => fingerprint));
    return before
      .filter(({ fingerprint }) => !left.has(fingerprint))
      .map(({ fingerprint }) => ({ rule_id: rule.id, fingerprint }));
  });
  if (gone.length === 0) return;
  await tx.execute(sql`
    delete from alert_instances i
    using jsonb_to_recordset(${JSON.stringify(gone)}::text::jsonb) as r(rule_id uuid, fingerprint text)
    where i.rule_id = r.rule_id and i.fingerprint = r.fingerprint`);
}

/** Gives instances of a rule other labels; the caller holds the rule's lock. */
export async function moveInstances(tx: Tx, ruleId: string, carried: readonly CarriedOver[]): Promise<void> {
  const rows = carried.map(({ before, after: { fingerprint, labels } }) => {
    return { before: before.fingerprint, fingerprint, labels };
  });
  await tx.execute(sql`
    update alert_instances i set fingerprint = r.fingerprint, labels = r.labels
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(before text, fingerprint text, labels jsonb)
    where i.rule_id = ${ruleId}::uuid and i.fingerprint = r.before`);
}

/** Writes what became of instances, in two statements however many there are. The caller holds their rules' locks. */
export async function writeInstances(tx: Tx, changes: readonly RuleChange[]): Promise<void> {
  await removeInstances(tx, changes);
  const rows = changes.flatMap(({ rule, before, after }) => {
    const known = new Set(before);
    return after.filter((instance) => !known.has(instance)).map((instance) => toRow(rule, instance));
  });
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into alert_instances (rule_id, team_id, fingerprint, kind, state, severity, labels, agent_id, value,
      threshold, active_at, fired_at, clear_since, last_evaluated_at, missed)
    select r.rule_id, r.team_id, r.fingerprint, r.kind, r.state, r.severity, r.labels, a.id,
      r.value, r.threshold, r.active_at, r.fired_at, r.clear_since, r.last_evaluated_at, r.missed
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(rule_id uuid, team_id uuid,
      fingerprint text, kind text, state text, severity text, labels jsonb, agent_id uuid, value float8,
      threshold float8, active_at timestamptz, fired_at timestamptz, clear_since timestamptz, last_evaluated_at timestamptz,
      missed int)
    left join agents a on a.id = r.agent_id
    on conflict (rule_id, fingerprint) do update set kind = excluded.kind, state = excluded.state,
      severity = excluded.severity, agent_id = excluded.agent_id, value = excluded.value,
      threshold = excluded.threshold, active_at = excluded.active_at, fired_at = excluded.fired_at, clear_since = excluded.clear_since,
      last_evaluated_at = excluded.last_evaluated_at, missed = excluded.missed`);
}

/**
 * Writes the changes of state with their reasons, and which alert each instance has.
 *
 * @param alertIds by rule id, blank, fingerprint: the alerts that these changes are news of
 */
export async function writeTransitions(
  tx: Tx,
  changes: readonly RuleChange[],
  alertIds: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = changes.flatMap(({ rule, transitions, atMs }) =>
    transitions.map(({ from, to, ...rest }) => ({
      ...rest,
      rule_id: rule.id,
      team_id: rule.teamId,
      rule_version: rule.version,
      from_state: from,
      to_state: to,
      alert_id: alertIds.get(`${rule.id} ${rest.fingerprint}`) ?? null,
      at: at(atMs),
    })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into alert_transitions (id, team_id, rule_id, rule_version, fingerprint, labels, alert_id, from_state,
      to_state, severity, reason, value, at)
    select gen_random_uuid(), r.team_id, r.rule_id, r.rule_version, r.fingerprint, r.labels,
      coalesce(r.alert_id, i.alert_id), r.from_state, r.to_state, r.severity, r.reason, r.value, r.at
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(team_id uuid, rule_id uuid,
      rule_version int, fingerprint text, labels jsonb, alert_id uuid, from_state text, to_state text,
      severity text, reason text, value float8, at timestamptz)
    left join alert_instances i on i.rule_id = r.rule_id and i.fingerprint = r.fingerprint`);
  const linked = rows
    .filter(({ alert_id }) => alert_id !== null)
    .map(({ rule_id, fingerprint, alert_id }) => ({ rule_id, fingerprint, alert_id }));
  if (linked.length === 0) return;
  await tx.execute(sql`
    update alert_instances i set alert_id = r.alert_id
    from jsonb_to_recordset(${JSON.stringify(linked)}::text::jsonb) as r(rule_id uuid, fingerprint text,
      alert_id uuid)
    where i.rule_id = r.rule_id and i.fingerprint = r.fingerprint`);
}
