import type { Tx } from '#db/client.ts';
import type { AlertState, ChangedAlert } from '#lib/model/alert-finding.ts';
import { matchedLabels } from '#lib/model/label-matcher.ts';
import { joinGroups, membershipOf } from './join-groups.ts';
import { loadRouteMatch, type Route } from './match-routes.ts';
import { retellAlerts } from './retell.ts';

/** An alert whose route names an escalation policy: the first of its routes that does. */
export interface EscalationTarget {
  alertId: string;
  policyId: string;
}

function targetOf({ id }: AlertState, routes: readonly Route[]): EscalationTarget[] {
  const policyId = routes.find((route) => route.escalationPolicyId !== null)?.escalationPolicyId;
  return policyId == null ? [] : [{ alertId: id, policyId }];
}

/**
 * Puts alerts that opened or became more severe into the groups that their routes say. What ended stays in its
 * groups until they were told (alerting S39).
 *
 * @returns where their escalations go
 */
export async function routeAlerts(
  tx: Tx,
  teamId: string,
  changed: readonly ChangedAlert[],
  at: Date,
): Promise<EscalationTarget[]> {
  const news = changed.filter(({ change }) => change === 'opened' || change === 'severity_raised');
  if (news.length === 0) return [];
  const match = await loadRouteMatch(tx, teamId);
  const routed = news.map(({ alert }) => ({ alert, routes: match(matchedLabels(alert)) }));
  const memberships = routed.flatMap(({ alert, routes }) =>
    routes.map((route) => membershipOf(route, alert)),
  );
  await joinGroups(tx, teamId, memberships, at);
  const raised = news.filter(({ change }) => change === 'severity_raised');
  const retellings = raised.map(({ alertId, alert: { severity } }) => ({
    alertId,
    reason: 'severity_raised' as const,
    words: `The severity rose to ${severity}.`,
  }));
  await retellAlerts(tx, retellings, at);
  return routed.flatMap(({ alert, routes }) => targetOf(alert, routes));
}
