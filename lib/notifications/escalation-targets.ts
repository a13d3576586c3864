import { sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import type { EscalationTarget } from './route-alerts.ts';

/** Where the escalations of alerts go that are in their groups already: the policy of their first route that names one. */
export async function findEscalationTargets(
  db: Reader,
  alertIds: readonly string[],
): Promise<EscalationTarget[]> {
  if (alertIds.length === 0) return [];
  const rows = await db.execute<{ alert_id: string; policy_id: string }>(sql`
    select distinct on (m.alert_id) m.alert_id, r.escalation_policy_id as policy_id
    from jsonb_array_elements_text(${JSON.stringify(alertIds)}::text::jsonb) as wanted(id)
    join alert_group_members m on m.alert_id = wanted.id::uuid
    join alert_groups g on g.id = m.group_id join alert_routes r on r.id = g.route_id
    where r.escalation_policy_id is not null
    order by m.alert_id, r.is_default, r.position, r.id`);
  return rows.map(({ alert_id, policy_id }) => ({ alertId: alert_id, policyId: policy_id }));
}
