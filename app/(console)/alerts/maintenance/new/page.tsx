import type { Metadata } from 'next';
import type { MaintenanceDraft } from '#components/alert-routing/maintenance-draft.ts';
import { NEW_INTERVAL } from '#components/alert-routing/maintenance-draft.ts';
import { MaintenanceForm } from '#components/alert-routing/maintenance-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import { paths } from '#lib/model/paths.ts';
import { timeZoneNames } from '#lib/model/time-zone-names.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createMaintenanceWindow, matchingAlerts } from '../actions.ts';

export const metadata: Metadata = { title: 'Plan maintenance' };

const START: MaintenanceDraft = {
  ...{ name: '', timeZone: 'UTC', enabled: true, kind: 'recurring', startsAt: '', endsAt: '' },
  matchers: [{ name: 'environment', operator: '=', value: '' }],
  intervals: [NEW_INTERVAL],
};

export default async function NewMaintenancePage() {
  const { permissions } = await requireActor(paths.newMaintenance());
  if (!permissions.has('alerts:mute'))
    return (
      <StateMessage kind="no-permission" title="Your role may not plan maintenance">
        Developers and admins of your team may.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Plan maintenance">
        Alerts that it matches are kept quiet meanwhile; what ends meanwhile ends.
      </PageHeader>
      <MaintenanceForm
        isNew
        start={START}
        known={await read(knownLabels, {})}
        zones={timeZoneNames()}
        saving={{ create: createMaintenanceWindow }}
        ask={matchingAlerts}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}
