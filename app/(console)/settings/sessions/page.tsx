import type { Metadata } from 'next';
import { SessionList } from '#components/sessions/session-list.tsx';
import { SignOutEverywhere } from '#components/sessions/sign-out-everywhere.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listOwnSessions } from '#lib/members/queries.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read } from '#lib/web/session.ts';
import { endSession, endSessions, signOutEverywhere } from './actions.ts';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage() {
  const sessions = await read(listOwnSessions, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Sessions"
        actions={
          sessions.length > 1 && (
            <SignOutEverywhere
              others={sessions.length - 1}
              elsewhere={endSessions}
              everywhere={signOutEverywhere}
              proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: paths.sessions() })}
            />
          )
        }
      >
        Where you are signed in. Ending one closes its pages within seconds.
      </PageHeader>
      <SessionList sessions={sessions} end={endSession} renderedAtMs={Date.now()} />
    </div>
  );
}
