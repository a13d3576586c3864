import type { Metadata } from 'next';
import { ScheduleForm } from '#components/on-call/schedule-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { timeZoneNames } from '#lib/model/time-zone-names.ts';
import { listOnCallPeople } from '#lib/on-call/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createSchedule } from '../../actions.ts';

export const metadata: Metadata = { title: 'New schedule' };

export default async function NewSchedulePage() {
  const { permissions } = await requireActor();
  const people = await read(listOnCallPeople, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New schedule">Later rotations stand above the earlier ones.</PageHeader>
      {permissions.has('on-call:manage') ? (
        <ScheduleForm
          id={null}
          values={{ name: '', timeZone: 'UTC', rotations: [] }}
          people={people}
          zones={timeZoneNames()}
          renderedAtMs={Date.now()}
          save={createSchedule}
        />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not make schedules">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}
