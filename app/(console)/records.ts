/**
 * What the pages with an id in their address are about, each read once for the status of the answer, the layout and
 * the page. An id of nothing, one of another team, and what is no id end in "not found".
 */
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { getAgent } from '#lib/agents/queries.ts';
import { getSilence, listMaintenanceWindows } from '#lib/alerts/quiet/queries.ts';
import { getRule } from '#lib/alerts/rules/verbs/queries.ts';
import { listFreezeWindows } from '#lib/deployments/policies/freeze-queries.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { listGateSources } from '#lib/gates/sources/manage-sources.ts';
import { listMemberSessions } from '#lib/members/people/member-sessions.ts';
import { listRoles } from '#lib/members/roles/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { getChannel } from '#lib/notifications/channels/queries.ts';
import { getDelivery } from '#lib/notifications/delivery-queries.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { getPolicy } from '#lib/on-call/policy-queries.ts';
import { getSchedule } from '#lib/on-call/queries.ts';
import { getRunTrace } from '#lib/runs/trace-query.ts';
import { signOnView } from '#lib/web/auth/sign-on-view.ts';
import { findAlert } from '#lib/web/find-alert.ts';
import { askedAddress, read } from '#lib/web/session.ts';

/** The one of a list that has an id. */
function pick<T extends { id: string }>(items: readonly T[], id: string): T {
  return items.find((each) => each.id === id) ?? notFound();
}

export const records = {
  agent: cache((id: string) => read(getAgent, { id })),
  alert: cache(findAlert),
  alertRule: cache((id: string) => read(getRule, { id })),
  alertRoute: cache(async (id: string) => pick((await read(listRoutes, {})).items, id)),
  channel: cache((id: string) => read(getChannel, { id })),
  delivery: cache((id: string) => read(getDelivery, { id })),
  deployment: cache((id: string) => read(getDeployment, { id })),
  freezeWindow: cache(async (id: string) => pick((await read(listFreezeWindows, {})).items, id)),
  gateSource: cache(async (id: string) => pick((await read(listGateSources, {})).items, id)),
  identityProvider: cache(async (id: string) => {
    const { providers, roles } = await signOnView();
    return { provider: pick(providers, id), roles };
  }),
  maintenanceWindow: cache(async (id: string) => pick((await read(listMaintenanceWindows, {})).items, id)),
  memberSessions: cache((userId: string) => read(listMemberSessions, { userId })),
  policy: cache((id: string) => read(getPolicy, { id })),
  role: cache(async (id: string) => {
    const { roles, permissions } = await read(listRoles, {});
    return { role: pick(roles, id), permissions };
  }),
  run: cache((traceId: string) => read(getRunTrace, { traceId })),
  schedule: cache((id: string) => read(getSchedule, { id })),
  silence: cache((id: string) => read(getSilence, { id })),
};

/** Where ids stand in addresses: what they follow, and the names of pages that stand in the same place. */
export const PLACES: readonly [
  under: string,
  beside: readonly string[],
  find: (id: string) => Promise<unknown>,
][] = [
  [paths.agents(), ['found', 'new'], records.agent],
  [paths.alerts(), ['maintenance', 'rules', 'silences', 'stats'], records.alert],
  [paths.alertRules(), ['new'], records.alertRule],
  [paths.silences(), ['new'], records.silence],
  [paths.maintenance(), ['new'], records.maintenanceWindow],
  [paths.deployments(), ['new'], records.deployment],
  ['/on-call/schedules', ['new'], records.schedule],
  [paths.policies(), ['new'], records.policy],
  ['/runs', [], records.run],
  [paths.alertRouting(), ['new'], records.alertRoute],
  [paths.freezeWindows(), ['new'], records.freezeWindow],
  [paths.gateSources(), ['new'], records.gateSource],
  [paths.members(), [], records.memberSessions],
  [paths.notifications(), ['deliveries', 'devices'], records.channel],
  [paths.deliveries(), [], records.delivery],
  [paths.roles(), ['new'], records.role],
  [paths.singleSignOn(), ['new', 'provisioning'], records.identityProvider],
];

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'digest' in error && error.digest === 'NEXT_HTTP_ERROR_FALLBACK;404';

/**
 * Whether the address that is asked for names a record that there is not, for this person. What else stands in the
 * way of reading it, a role first, is the page's to say.
 */
export async function namesNothing(): Promise<boolean> {
  const { pathname } = new URL(await askedAddress(), 'http://page');
  for (const [under, beside, find] of PLACES) {
    const [id = ''] = pathname.startsWith(`${under}/`) ? pathname.slice(under.length + 1).split('/') : [];
    if (id === '' || beside.includes(id)) continue;
    return find(decodeURIComponent(id)).then(() => false, isNotFound);
  }
  return false;
}
