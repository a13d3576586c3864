import type { Metadata } from 'next';
import { NoMailServer } from '#components/installation/no-mail-server.tsx';
import { OnCallNow } from '#components/on-call/on-call-now.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { whoIsOnCall } from '#lib/on-call/queries.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'On-call' };

export default async function OnCallPage() {
  const { permissions } = await requireActor(paths.onCall());
  const [report, hasMail] = await Promise.all([read(whoIsOnCall, {}), sendsMail()]);
  const mayManage = permissions.has('on-call:manage');
  const uncovered = report.schedules.filter(({ now }) => now?.person?.isPresent !== true).length;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="On-call"
        actions={
          <>
            <ButtonLink href={paths.policies()}>Escalation policies</ButtonLink>
            <ButtonLink href={paths.contacts()}>How you are reached</ButtonLink>
            {mayManage && (
              <ButtonLink href={paths.newSchedule()} variant="primary">
                New schedule
              </ButtonLink>
            )}
          </>
        }
      >
        {uncovered > 0 && (
          <span className="text-critical-text">
            {uncovered === 1 ? 'In one schedule' : `In ${uncovered} schedules`} nobody is on call now.
          </span>
        )}
        {uncovered === 0 && report.schedules.length > 0 && 'Every schedule has somebody on call.'}
      </PageHeader>
      {!hasMail && <NoMailServer maySetUp={permissions.has('installation:update')} />}
      {report.schedules.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No schedules yet"
          action={mayManage && <ButtonLink href={paths.newSchedule()}>Make the first one</ButtonLink>}
        >
          A schedule says who carries the pager, and when it is handed over.
        </StateMessage>
      ) : (
        <OnCallNow report={report} />
      )}
    </div>
  );
}
