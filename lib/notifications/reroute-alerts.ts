import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { AlertState } from '#lib/model/alert-finding.ts';
import { matchedLabels } from '#lib/model/label-matcher.ts';
import { joinGroups, membershipOf } from './join-groups.ts';
import { loadRouteMatch } from './match-routes.ts';

/**
 * Puts open alerts where the routes of the team send them now. Groups that keep their key keep what was told of
 * them, so nothing is told twice (alerting S40).
 */
export async function rerouteAlerts(
  tx: Tx,
  teamId: string,
  open: readonly AlertState[],
  at: Date,
): Promise<void> {
  const match = await loadRouteMatch(tx, teamId);
  const memberships = open.flatMap((alert) =>
    match(matchedLabels(alert)).map((route) => membershipOf(route, alert)),
  );
  await joinGroups(tx, teamId, memberships, at);
  const kept = memberships.map(({ key, alert }) => ({ group_key: key, alert_id: alert.id }));
  await tx.execute(sql`
    delete from alert_group_members m using alert_groups g, alerts a
    where g.id = m.group_id and a.id = m.alert_id and g.team_id = ${teamId}::uuid and a.status <> 'resolved'
      and not exists (
        select from jsonb_to_recordset(${JSON.stringify(kept)}::text::jsonb) as k(group_key text, alert_id uuid)
        where k.group_key = g.group_key and k.alert_id = m.alert_id)`);
}
