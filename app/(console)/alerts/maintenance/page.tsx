import { CalendarClock } from 'lucide-react';
import type { Metadata } from 'next';
import { MaintenanceList } from '#components/alert-routing/maintenance-list.tsx';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listMaintenanceWindows } from '#lib/alerts/quiet/queries.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Maintenance' };

export default async function MaintenancePage() {
  const { permissions } = await requireActor(paths.maintenance());
  const { items } = await read(listMaintenanceWindows, {});
  const mayChange = permissions.has('alerts:mute');
  const on = items.filter(({ isOn }) => isOn).length;
  return (
    <div className="flex flex-col gap-4">
      <AlertSections />
      <PageHeader
        title="Maintenance"
        actions={
          mayChange && (
            <ButtonLink href={paths.newMaintenance()} variant="primary" icon={CalendarClock}>
              Plan maintenance
            </ButtonLink>
          )
        }
      >
        {on === 0 ? 'No maintenance is on.' : `${formatPlural(on, 'window is', 'windows are')} on now.`}
      </PageHeader>
      <MaintenanceList windows={items} mayChange={mayChange} renderedAtMs={Date.now()} />
    </div>
  );
}
