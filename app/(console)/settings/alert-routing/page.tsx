import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { AcknowledgementTimeout } from '#components/alert-routing/acknowledgement-timeout.tsx';
import { InhibitionRules } from '#components/alert-routing/inhibition-rules.tsx';
import { RouteList } from '#components/alert-routing/route-list.tsx';
import { RouteTester } from '#components/alert-routing/route-tester.tsx';
import { targetWords } from '#components/alert-routing/route-words.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { knownLabels, matchingAlerts as matchingQuery } from '#lib/alerts/quiet/matching-alerts.ts';
import { listInhibitionRules } from '#lib/alerts/quiet/queries.ts';
import { readAlertSettings } from '#lib/alerts/settings.ts';
import { paths } from '#lib/model/paths.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  createInhibitionRule,
  deleteInhibitionRule,
  orderRoutes,
  updateAlertSettings,
  whichRoutes,
} from './actions.ts';
import { routeTargets } from './targets.ts';

export const metadata: Metadata = { title: 'Alert routing' };

export default async function AlertRoutingPage() {
  const { permissions } = await requireActor(paths.alertRouting());
  const [routes, targets, inhibitions, settings, labels, open] = await Promise.all([
    read(listRoutes, {}),
    routeTargets(),
    read(listInhibitionRules, {}),
    read(readAlertSettings, {}),
    read(knownLabels, {}),
    read(matchingQuery, { matchers: [] }),
  ]);
  const mayManage = permissions.has('alert-routing:manage');
  const mayMute = permissions.has('alerts:mute');
  const names = Object.fromEntries(
    [...targets.channels, ...targets.policies].map(({ id, label }) => [id, label]),
  );
  const known = new Map(Object.entries(names));
  const told = Object.fromEntries(routes.items.map((route) => [route.id, targetWords(route, known)]));
  const telling = routes.items.filter((route) => route.channelIds.length > 0 || route.escalationPolicyId);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Alert routing"
        actions={
          mayManage && (
            <ButtonLink href={paths.newAlertRoute()} variant="primary" icon={Plus}>
              New route
            </ButtonLink>
          )
        }
      >
        {telling.length === 0
          ? 'No route tells anybody: alerts stand in the inbox only.'
          : `${telling.length} of ${routes.items.length} routes tell somebody.`}
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_400px]">
        <div className="flex min-w-0 flex-col gap-4">
          <RouteList routes={routes.items} names={names} order={mayManage ? orderRoutes : null} />
          <InhibitionRules
            rules={inhibitions.items}
            known={labels}
            actions={mayMute ? { create: createInhibitionRule, remove: deleteInhibitionRule } : null}
          />
          <AcknowledgementTimeout settings={settings} update={mayManage ? updateAlertSettings : null} />
        </div>
        <RouteTester ask={whichRoutes} open={open.items} told={told} />
      </div>
    </div>
  );
}
