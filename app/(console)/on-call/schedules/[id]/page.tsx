import type { Metadata } from 'next';
import { CalendarAddress } from '#components/on-call/calendar-address.tsx';
import { NowAndNext } from '#components/on-call/now-and-next.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { ScheduleBoard } from '#components/on-call/schedule-board.tsx';
import { weekOf } from '#components/on-call/week-rows.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { getSchedule, listOnCallPeople } from '#lib/on-call/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import {
  createOverride,
  deleteOverride,
  deleteSchedule,
  removeCalendar,
  rotateCalendar,
} from '../../actions.ts';

export const metadata: Metadata = { title: 'Schedule' };

interface SchedulePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ week?: string | string[] }>;
}

export default async function SchedulePage({ params, searchParams }: SchedulePageProps) {
  const { permissions } = await requireActor();
  const { id } = await params;
  const { week } = await searchParams;
  const now = Date.now();
  const wanted = typeof week === 'string' ? Date.parse(`${week}T12:00Z`) : Number.NaN;
  const current = await records.schedule(id);
  const schedule = await read(getSchedule, {
    id,
    ...weekOf(current.timeZone, Number.isNaN(wanted) ? now : wanted),
  });
  const people = await read(listOnCallPeople, {});
  const mayManage = permissions.has('on-call:manage');
  const overrides = permissions.has('on-call:override')
    ? { create: createOverride, remove: deleteOverride }
    : null;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={schedule.name}
        actions={
          mayManage && (
            <>
              <ButtonLink href={paths.editSchedule(id)}>Edit</ButtonLink>
              <RemoveButton
                id={id}
                name={schedule.name}
                words="Its calendar address ends with it. Policies that lead to it have to be changed first."
                remove={deleteSchedule}
                backTo={paths.onCall()}
              />
            </>
          )
        }
      >
        <NowAndNext zone={current.timeZone} shifts={current.shifts} />
      </PageHeader>
      <ScheduleBoard key={schedule.from} schedule={schedule} people={people} now={now} actions={overrides} />
      {mayManage && (
        <CalendarAddress
          id={id}
          hasCalendar={schedule.hasCalendar}
          rotate={rotateCalendar}
          remove={removeCalendar}
        />
      )}
    </div>
  );
}
