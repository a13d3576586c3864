import type { Metadata } from 'next';
import { ConfirmButton } from '#components/access/confirm-button.tsx';
import { SessionList } from '#components/sessions/session-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { endAnySession, endMemberSessions } from '../actions.ts';

export const metadata: Metadata = { title: 'Sessions of a member' };

export default async function MemberSessionsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions, sessionId } = await requireActor(paths.memberSessions(id));
  if (!permissions.has('sessions:read-any')) {
    return (
      <StateMessage kind="no-permission" title="Your role may not see where others are signed in">
        Ask an admin of your team.
      </StateMessage>
    );
  }
  const { person, items } = await records.memberSessions(id);
  const name = person.name || person.email;
  const mayEnd = permissions.has('sessions:end-any');
  const sessions = items.map((session) => ({
    ...session,
    createdAt: new Date(session.createdAt),
    lastSeenAt: new Date(session.lastSeenAt),
    expiresAt: new Date(session.expiresAt),
    isCurrent: session.id === sessionId,
  }));
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={`Sessions of ${name}`}
        actions={
          mayEnd &&
          sessions.length > 0 && (
            <ConfirmButton
              label="End all"
              question={`Sign ${name} out everywhere?`}
              words="Their pages and live connections end within seconds. They can sign in again."
              input={{ userId: id }}
              act={endMemberSessions}
              proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: paths.memberSessions(id) })}
            />
          )
        }
      >
        {sessions.length === 0
          ? 'Signed in nowhere.'
          : `Signed in with ${formatPlural(sessions.length, 'session')}. Ending one closes its pages within seconds.`}
      </PageHeader>
      {sessions.length > 0 && (
        <SessionList sessions={sessions} end={mayEnd ? endAnySession : null} renderedAtMs={Date.now()} />
      )}
    </div>
  );
}
