import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { readInstances, readSomeInstances } from '#lib/alerts/evaluate/instance-rows.ts';
import { holdShards, type OwnedShards, shardOf } from '#lib/alerts/evaluate-live/shards.ts';
import { instanceIdentity } from '#lib/alerts/rules/identity.ts';
import type { Rule, RulePoint } from '#lib/alerts/rules/instance.ts';
import { transitionBreaches } from '#lib/alerts/rules/transition.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import type { Applied } from '#lib/pipeline/raise/apply-findings.ts';
import { carryOverAlerts } from './carry-over-alerts.ts';
import { withCarried, writeChanges } from './record.ts';

/** A series that is over a level of a rule right now. */
export interface Breach {
  rule: Rule;
  point: RulePoint;
}

interface Fence {
  owner: string;
  shards: OwnedShards;
}

interface LockedRule {
  /** How many more instances it may have. */
  room: number;
  /** Whether it has instances of an earlier version: the grid, which carries them over, has not come to this one yet. */
  hasEarlier: boolean;
}

/**
 * Locks the rules as they were judged: an evaluation of the grid that is being written comes before or after,
 * never in between (alerting S24). Answers with those that still are the same.
 */
async function lockRules(tx: Tx, rules: readonly Rule[]): Promise<Map<string, LockedRule>> {
  const asked = JSON.stringify(rules.map(({ id, version }) => ({ id, version })));
  const rows = await tx.execute<{ id: string; instances: number; is_new: boolean }>(sql`
    with locked as (
      select r.id, r.last_slot_at is null or r.last_slot_at < date_trunc('milliseconds', r.updated_at) as is_new
      from alert_rules r
      join jsonb_to_recordset(${asked}::text::jsonb) as a(id uuid, version int)
        on a.id = r.id and a.version = r.version
      where r.enabled and r.deleted_at is null order by r.id for update of r)
    select id, is_new, (select count(*)::int from alert_instances i where i.rule_id = locked.id) as instances
    from locked`);
  const limits = new Map(rules.map(({ id, definition }) => [id, definition.instanceLimit]));
  return new Map(
    rows.map(({ id, instances, is_new }) => [
      id,
      { room: (limits.get(id) ?? 0) - instances, hasEarlier: is_new && instances > 0 },
    ]),
  );
}

const seriesId = ({ rule, point }: Breach): string => point.agentId ?? rule.teamId;

interface Prepared {
  rule: Rule;
  points: RulePoint[];
  wanted: { ruleId: string; fingerprint: string }[];
}

/** The instances that breaches are about; a rule whose labels can't be filled in is left to the grid, which says so. */
function prepare(rule: Rule, breaches: readonly Breach[]): Prepared[] {
  const points = breaches.map(({ point }) => point);
  try {
    const wanted = points.map(({ labels }) => ({
      ruleId: rule.id,
      fingerprint: instanceIdentity(rule, labels).fingerprint,
    }));
    return new Set(wanted.map(({ fingerprint }) => fingerprint)).size === points.length
      ? [{ rule, points, wanted }]
      : [];
  } catch {
    return [];
  }
}

/**
 * Fires breaches of one team: the state machine, the alerts and the transitions of all of them in one
 * transaction. What lies in a shard that was lost, belongs to a rule that was edited, or is beyond the limit
 * of its rule is left to whoever owns it now and to the grid.
 */
export async function applyBreaches(
  db: Db,
  teamId: string,
  breaches: readonly Breach[],
  { owner, shards }: Fence,
): Promise<Applied | null> {
  return db.transaction(async (tx) => {
    const held = await holdShards(tx, owner, shards);
    const ours = breaches.filter((breach) => held.has(shardOf(seriesId(breach))));
    const byRule = [...Map.groupBy(ours, ({ rule }) => rule.id).values()];
    const prepared = byRule.flatMap((list) => (list[0] ? prepare(list[0].rule, list) : []));
    if (prepared.length === 0) return null;
    const rules = prepared.map(({ rule }) => rule);
    const locked = await lockRules(tx, rules);
    const live = prepared.filter(({ rule }) => locked.has(rule.id));
    const carried: ChangedAlert[] = [];
    for (const { rule } of live) {
      if (!locked.get(rule.id)?.hasEarlier) continue;
      const { changed } = await carryOverAlerts(tx, rule, await readInstances(tx, rule.id));
      carried.push(...changed);
    }
    const known = await readSomeInstances(
      tx,
      live.flatMap(({ wanted }) => wanted),
    );
    const nowMs = (await databaseNow(tx)).getTime();
    const outcomes = live.flatMap(({ rule, points }) => {
      const before = known.get(rule.id) ?? [];
      if (points.length - before.length > (locked.get(rule.id)?.room ?? 0)) return [];
      const { instances, transitions, findings } = transitionBreaches(rule, points, before, nowMs);
      return [{ change: { rule, before, after: instances, transitions, atMs: nowMs }, findings }];
    });
    const applied = await writeChanges(
      tx,
      teamId,
      outcomes.map(({ change }) => change),
      outcomes.flatMap(({ findings }) => findings),
    );
    return withCarried(teamId, carried, applied, new Date(nowMs));
  });
}
