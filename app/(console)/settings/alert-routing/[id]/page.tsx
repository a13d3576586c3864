import type { Metadata } from 'next';
import { routeDraft } from '#components/alert-routing/route-draft.ts';
import { RouteForm } from '#components/alert-routing/route-form.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteRoute, matchingAlerts, updateRoute } from '../actions.ts';
import { routeTargets } from '../targets.ts';

export const metadata: Metadata = { title: 'Alert route' };

export default async function RoutePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.alertRoute(id));
  if (!permissions.has('alert-routing:manage'))
    return (
      <StateMessage kind="no-permission" title="Your role may not route alerts">
        Developers and admins of your team may.
      </StateMessage>
    );
  const [route, targets] = await Promise.all([records.alertRoute(id), routeTargets()]);
  const position = route.isDefault ? 0 : route.position;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={route.name}
        actions={
          !route.isDefault && (
            <RemoveButton
              id={id}
              name={route.name}
              words="Its open alerts go where the other routes send them."
              remove={deleteRoute}
              backTo={paths.alertRouting()}
            />
          )
        }
      >
        What was told of its alerts stays told when it changes.
      </PageHeader>
      <RouteForm
        isNew={false}
        isDefault={route.isDefault}
        start={routeDraft(route)}
        {...targets}
        known={await read(knownLabels, {})}
        position={position}
        saving={{ update: updateRoute, kept: { id } }}
        ask={matchingAlerts}
      />
    </div>
  );
}
