import type { Metadata } from 'next';
import { SessionList } from '#components/sessions/session-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listOwnSessions } from '#lib/members/queries.ts';
import { read } from '#lib/web/session.ts';
import { endSession } from './actions.ts';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage() {
  const sessions = await read(listOwnSessions, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Sessions">
        Where you are signed in. Ending one closes its pages within seconds.
      </PageHeader>
      <SessionList sessions={sessions} end={endSession} renderedAtMs={Date.now()} />
    </div>
  );
}
