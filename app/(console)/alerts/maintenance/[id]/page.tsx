import type { Metadata } from 'next';
import { maintenanceDraft } from '#components/alert-routing/maintenance-draft.ts';
import { MaintenanceForm } from '#components/alert-routing/maintenance-form.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import { paths } from '#lib/model/paths.ts';
import { timeZoneNames } from '#lib/model/time-zone-names.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteMaintenanceWindow, matchingAlerts, updateMaintenanceWindow } from '../actions.ts';

export const metadata: Metadata = { title: 'Maintenance window' };

export default async function MaintenanceWindowPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.maintenanceWindow(id));
  if (!permissions.has('alerts:mute'))
    return (
      <StateMessage kind="no-permission" title="Your role may not change maintenance">
        Developers and admins of your team may.
      </StateMessage>
    );
  const window = await records.maintenanceWindow(id);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={window.name}
        actions={
          <RemoveButton
            id={id}
            name={window.name}
            words="What it keeps quiet now is told to people within seconds."
            remove={deleteMaintenanceWindow}
            backTo={paths.maintenance()}
          />
        }
      />
      <MaintenanceForm
        isNew={false}
        start={maintenanceDraft(window)}
        known={await read(knownLabels, {})}
        zones={timeZoneNames()}
        saving={{ update: updateMaintenanceWindow, kept: { id } }}
        ask={matchingAlerts}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}
