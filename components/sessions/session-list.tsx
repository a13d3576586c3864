'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { SessionView } from '#lib/model/account-view.ts';
import { deviceWords } from '#lib/model/device-words.ts';

/** Sessions of a person, each with a way to end it; null where that may only be looked at. */
export function SessionList(props: {
  sessions: readonly SessionView[];
  end: BoundAction<{ id: string }, undefined> | null;
  renderedAtMs: number;
}) {
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);
  const end = async (id: string) => {
    if (!props.end) return;
    const result = await props.end({ id });
    setFailure(result.ok ? null : result.error.message);
    router.refresh();
  };
  return (
    <Card label="Sessions">
      {failure !== null && (
        <p role="alert" className="px-4 pt-3 text-sm text-critical-text">
          {failure}
        </p>
      )}
      <ul>
        {props.sessions.map((session) => (
          <li
            key={session.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm first:border-t-0"
          >
            <span className="min-w-0 flex-1 basis-48">
              <span className="font-medium">{deviceWords(session.userAgent)}</span>{' '}
              {session.isCurrent && <span className="text-xs text-muted">this one</span>}
              <span className="block text-xs text-muted">
                {session.ip ?? 'unknown address'} · signed in <Moment atMs={session.createdAt.getTime()} />
              </span>
            </span>
            <span className="text-xs text-muted">
              Last used <Ago atMs={session.lastSeenAt.getTime()} renderedAtMs={props.renderedAtMs} />
            </span>
            {props.end && (
              <Button size="sm" variant="danger" onClick={() => end(session.id)}>
                {session.isCurrent ? 'Sign out here' : 'End'}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
