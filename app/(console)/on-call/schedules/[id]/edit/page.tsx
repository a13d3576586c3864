import type { Metadata } from 'next';
import { EditScheduleForm } from '#components/on-call/edit-schedule-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { timeZoneNames } from '#lib/model/time-zone-names.ts';
import { listOnCallPeople } from '#lib/on-call/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';
import { updateSchedule } from '../../../actions.ts';

export const metadata: Metadata = { title: 'Edit schedule' };

export default async function EditSchedulePage({ params }: { params: Promise<{ id: string }> }) {
  const { permissions } = await requireActor();
  const schedule = await records.schedule((await params).id);
  const present = await read(listOnCallPeople, {});
  const left = schedule.people.filter(({ isPresent }) => !isPresent);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={`Edit ${schedule.name}`}>Later rotations stand above the earlier ones.</PageHeader>
      {permissions.has('on-call:manage') ? (
        <EditScheduleForm
          schedule={schedule}
          people={[...present, ...left]}
          zones={timeZoneNames()}
          renderedAtMs={Date.now()}
          update={updateSchedule}
        />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not change schedules">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}
