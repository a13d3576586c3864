import type { Metadata } from 'next';
import { NEW_ROUTE } from '#components/alert-routing/route-draft.ts';
import { RouteForm } from '#components/alert-routing/route-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import { paths } from '#lib/model/paths.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createRoute, matchingAlerts } from '../actions.ts';
import { routeTargets } from '../targets.ts';

export const metadata: Metadata = { title: 'New alert route' };

export default async function NewRoutePage() {
  const { permissions } = await requireActor(paths.newAlertRoute());
  if (!permissions.has('alert-routing:manage'))
    return (
      <StateMessage kind="no-permission" title="Your role may not route alerts">
        Developers and admins of your team may.
      </StateMessage>
    );
  const [{ items }, targets] = await Promise.all([read(listRoutes, {}), routeTargets()]);
  const own = items.filter(({ isDefault }) => !isDefault);
  const position = Math.max(0, ...own.map((route) => route.position + 1));
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New alert route">
        It is asked after the other routes; the list changes their order.
      </PageHeader>
      <RouteForm
        isNew
        isDefault={false}
        start={NEW_ROUTE}
        {...targets}
        known={await read(knownLabels, {})}
        position={position}
        saving={{ create: createRoute }}
        ask={matchingAlerts}
      />
    </div>
  );
}
