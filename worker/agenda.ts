import type postgres from 'postgres';

/** What the agenda was asked for: milliseconds until a loop has something to do, by its name; at most 2 s ahead. */
export type Agenda = () => Promise<ReadonlyMap<string, number>>;

/**
 * For each loop the moments at which it has something to do, as far as they are near. All of it is one statement,
 * so that a worker with nothing to do asks once a second instead of once for each loop.
 */
function readAgenda(sql: postgres.Sql) {
  // Further ahead than the next look, so that a loop is woken on the moment.
  const soon = sql`alert_now() + interval '2 seconds'`;
  return sql<{ loop: string; inMs: number }[]>`
    with due (loop, at) as (
      select 'alert-timers', min(ends_at) from alerts where status <> 'resolved' and ends_at <= ${soon}
      union all
      select 'alert-timers', min(acknowledgement_expires_at) from alerts
        where status = 'acknowledged' and acknowledgement_expires_at <= ${soon}
      union all
      select 'alert-timers', min(snoozed_until) from alerts
        where status = 'acknowledged' and snoozed_until <= ${soon}
      union all
      select 'announcements', alert_now()
        where exists (select from agent_transitions where announced_at is null)
      union all
      select 'cluster-checks', alert_now() from clusters
        where check_requested_at is not null and (check_lease_until is null or check_lease_until <= now())
      union all
      select 'cluster-watches', alert_now() from clusters
        where watch_lease_until is null or watch_lease_until <= alert_now()
      union all
      select 'code-host', alert_now()
        where exists (select from webhook_deliveries where result = 'received')
          or exists (select from repositories where check_requested_at is not null)
      union all
      select 'code-host', min(s.next_attempt_at) from host_statuses s
        join host_deployments d on d.deployment_id = s.deployment_id
        join repositories r on r.id = d.repository_id
        where s.outcome = 'queued' and s.next_attempt_at <= ${soon}
          and (s.lease_until is null or s.lease_until <= now())
          and (r.limited_until is null or r.limited_until <= now())
      union all
      select 'code-host', min(run.next_at) from trigger_runs run
        join deploy_triggers t on t.id = run.trigger_id
        join repositories r on r.id = t.repository_id
        where run.status in ('waiting', 'building') and run.next_at <= ${soon}
          and (run.lease_until is null or run.lease_until <= now())
          and (r.limited_until is null or r.limited_until <= now())
      union all
      select 'code-host', min(d.source_due_at) from deployments d
        join repositories r on r.id = d.repository_id
        where d.source_due_at <= ${soon} and (r.limited_until is null or r.limited_until <= now())
      union all
      select 'control', alert_now()
        where exists (select from agents where desired_state is not null and control_accepted_at is null)
      union all
      select 'deployments', min(next_at) from deployments
        where status in ('pending', 'awaiting_approval', 'in_progress') and not is_queued and next_at <= ${soon}
          and (lease_expires_at is null or lease_expires_at <= alert_now())
          and (status <> 'awaiting_approval' or approved_at is not null or approval_expires_at <= alert_now()
            or resolves_tag and digest is null)
      union all
      select 'deployments', alert_now()
        where exists (select from deployments where repository_id is not null and seq > host_told_seq)
      union all
      select 'deployments', alert_now()
        where exists (select from deployments where status = 'awaiting_approval' and approvers_told_at is null)
      union all
      select 'deliveries', min(next_attempt_at) from notifications
        where status in ('queued', 'sending') and next_attempt_at <= ${soon}
          and (lease_until is null or lease_until <= alert_now())
      union all
      select 'escalations', min(next_at) from escalations where state = 'running' and next_at <= ${soon}
      union all
      select 'escalations', min(due_at) from pages where state = 'waiting' and due_at <= ${soon}
      union all
      select 'evaluations', min(next_slot_at) from alert_rules
        where enabled and deleted_at is null and next_slot_at <= ${soon}
          and (lease_until is null or lease_until <= alert_now())
      union all
      select 'groups', min(next_flush_at) from alert_groups where next_flush_at <= ${soon}
      union all
      select 'groups', alert_now()
        where exists (select from silences where ends_at > alert_now())
          or exists (select from maintenance_windows)
          or exists (select from inhibition_rules)
          or exists (select from alert_settings where mute_signature <> 'none')
      union all
      select 'live-evaluations', alert_now() where exists (select from alert_rules where deleted_at is null)
      union all
      select 'mails', min(next_attempt_at) from mails
        where status = 'queued' and next_attempt_at <= ${soon} and (lease_until is null or lease_until <= alert_now())
      union all
      select 'owners', min(next_at) from waiting_traces where next_at <= ${soon}
      union all
      select 'previews', alert_now()
        where exists (select from deployment_previews
          where status = 'waiting' and (lease_until is null or lease_until <= alert_now()))
      union all
      select 'rollups', min(due_at) from rollup_windows where due_at <= ${soon}
      union all
      select 'rule-upkeep', alert_now() from alert_rules r
        where (not enabled or deleted_at is not null)
          and (health = 'error' or exists (select from alert_instances i where i.rule_id = r.id))
      union all
      select 'rule-upkeep', alert_now() from teams t
        where exists (select from agents a where a.team_id = t.id and a.deleted_at is null)
          and not exists (select from alert_settings s where s.team_id = t.id and s.starter_pack_at is not null)
    )
    select loop, extract(epoch from min(at) - alert_now())::float8 * 1000 as "inMs"
    from due where at is not null group by loop`;
}

/** The agenda of the loops, out of the rows that say when they are due, by the database's clock. */
export function createAgenda(sql: postgres.Sql): Agenda {
  return async () => {
    const rows = await readAgenda(sql);
    return new Map(rows.map(({ loop, inMs }) => [loop, Math.max(0, inMs)]));
  };
}
