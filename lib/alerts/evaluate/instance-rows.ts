import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alertInstances } from '#db/schema/alert-rules.ts';
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
    activeAtMs: row.activeAt.getTime(),
    firedAtMs: row.firedAt?.getTime() ?? null,
    clearSinceMs: row.clearSince?.getTime() ?? null,
    lastEvaluatedAtMs: row.lastEvaluatedAt.getTime(),
    missed: row.missed,
  };
}

/** The instances of a rule, or those of some of its series. */
export async function readInstances(
  tx: Tx,
  ruleId: string,
  fingerprints?: readonly string[],
): Promise<RuleInstance[]> {
  const some = fingerprints && inArray(alertInstances.fingerprint, [...fingerprints]);
  const rows = await tx
    .select()
    .from(alertInstances)
    .where(and(eq(alertInstances.ruleId, ruleId), some));
  return rows.map(toInstance);
}

const at = (ms: number | null) => (ms === null ? null : new Date(ms));

const toRow = (instance: RuleInstance) => ({
  fingerprint: instance.fingerprint,
  kind: instance.kind,
  state: instance.state,
  severity: instance.severity,
  labels: instance.labels,
  agent_id: instance.agentId,
  value: instance.value,
  active_at: at(instance.activeAtMs),
  fired_at: at(instance.firedAtMs),
  clear_since: at(instance.clearSinceMs),
  last_evaluated_at: at(instance.lastEvaluatedAtMs),
  missed: instance.missed,
});

/** Writes what became of the instances, in two statements however many there are. The caller holds the rule's lock. */
export async function writeInstances(
  tx: Tx,
  rule: Pick<Rule, 'id' | 'teamId'>,
  before: readonly RuleInstance[],
  after: readonly RuleInstance[],
): Promise<void> {
  const known = new Set(before);
  const changed = after.filter((instance) => !known.has(instance));
  const left = new Set(after.map(({ fingerprint }) => fingerprint));
  const gone = before
    .filter(({ fingerprint }) => !left.has(fingerprint))
    .map(({ fingerprint }) => fingerprint);
  if (gone.length > 0) {
    await tx.execute(sql`
      delete from alert_instances where rule_id = ${rule.id}::uuid and fingerprint in (
        select jsonb_array_elements_text(${JSON.stringify(gone)}::text::jsonb))`);
  }
  if (changed.length === 0) return;
  await tx.execute(sql`
    insert into alert_instances (rule_id, team_id, fingerprint, kind, state, severity, labels, agent_id, value,
      active_at, fired_at, clear_since, last_evaluated_at, missed)
    select ${rule.id}::uuid, ${rule.teamId}::uuid, r.fingerprint, r.kind, r.state, r.severity, r.labels, a.id,
      r.value, r.active_at, r.fired_at, r.clear_since, r.last_evaluated_at, r.missed
    from jsonb_to_recordset(${JSON.stringify(changed.map(toRow))}::text::jsonb) as r(fingerprint text, kind text,
      state text, severity text, labels jsonb, agent_id uuid, value float8, active_at timestamptz,
      fired_at timestamptz, clear_since timestamptz, last_evaluated_at timestamptz, missed int)
    left join agents a on a.id = r.agent_id
    on conflict (rule_id, fingerprint) do update set kind = excluded.kind, state = excluded.state,
      severity = excluded.severity, agent_id = excluded.agent_id, value = excluded.value,
      active_at = excluded.active_at, fired_at = excluded.fired_at, clear_since = excluded.clear_since,
      last_evaluated_at = excluded.last_evaluated_at, missed = excluded.missed`);
}

/** Writes the changes of state with their reasons, and names the alert that each instance has. */
export async function writeTransitions(
  tx: Tx,
  rule: Rule,
  transitions: readonly InstanceTransition[],
  alertIds: ReadonlyMap<string, string>,
  atMs: number,
): Promise<void> {
  if (transitions.length === 0) return;
  const rows = transitions.map(({ from, to, ...rest }) => ({
    ...rest,
    from_state: from,
    to_state: to,
    alert_id: alertIds.get(rest.fingerprint) ?? null,
  }));
  await tx.execute(sql`
    insert into alert_transitions (id, team_id, rule_id, rule_version, fingerprint, labels, alert_id, from_state,
      to_state, severity, reason, value, at)
    select gen_random_uuid(), ${rule.teamId}::uuid, ${rule.id}::uuid, ${rule.version}, r.fingerprint, r.labels,
      coalesce(r.alert_id, i.alert_id), r.from_state, r.to_state, r.severity, r.reason, r.value,
      ${new Date(atMs).toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(fingerprint text, labels jsonb,
      alert_id uuid, from_state text, to_state text, severity text, reason text, value float8)
    left join alert_instances i on i.rule_id = ${rule.id}::uuid and i.fingerprint = r.fingerprint`);
  const linked = rows.filter(({ alert_id }) => alert_id !== null);
  if (linked.length === 0) return;
  await tx.execute(sql`
    update alert_instances i set alert_id = r.alert_id
    from jsonb_to_recordset(${JSON.stringify(linked)}::text::jsonb) as r(fingerprint text, alert_id uuid)
    where i.rule_id = ${rule.id}::uuid and i.fingerprint = r.fingerprint`);
}
