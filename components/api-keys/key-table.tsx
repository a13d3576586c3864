'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { ApiKeyView } from '#lib/model/account-view.ts';
import { formatUtc } from '#lib/model/format.ts';

type Revoke = BoundAction<{ id: string }, undefined>;

function stateWords(key: ApiKeyView): string {
  if (key.state === 'revoked') return 'Revoked';
  if (key.expiresAt === null) return 'Active, never ends';
  return `${key.state === 'expired' ? 'Ended' : 'Active, ends'} ${formatUtc(key.expiresAt.getTime())}`;
}

function KeyRow(props: { apiKey: ApiKeyView; renderedAtMs: number; onRevoke: (key: ApiKeyView) => void }) {
  const { apiKey, renderedAtMs, onRevoke } = props;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm first:border-t-0">
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium wrap-anywhere">{apiKey.name}</span>{' '}
        <code className="font-mono text-xs text-muted">…{apiKey.lastFour}</code>
        <span className="block text-xs text-muted">
          {apiKey.scopes.join(', ')} · {apiKey.createdByEmail ?? 'made at the start'}
        </span>
      </span>
      <span className="basis-56 text-xs text-muted max-md:min-w-0 max-md:flex-1 max-md:basis-40">
        {stateWords(apiKey)}
        <span className="block">
          Last used <Ago atMs={apiKey.lastUsedAt?.getTime() ?? null} renderedAtMs={renderedAtMs} />
        </span>
      </span>
      {apiKey.state !== 'revoked' && (
        <Button size="sm" variant="danger" onClick={() => onRevoke(apiKey)}>
          Revoke
        </Button>
      )}
    </li>
  );
}

/** The keys of the team; revoking asks first, because agents that still use the key stop at once. */
export function KeyTable(props: { keys: readonly ApiKeyView[]; revoke: Revoke; renderedAtMs: number }) {
  const router = useRouter();
  const [asked, setAsked] = useState<ApiKeyView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  async function confirm(): Promise<void> {
    if (!asked) return;
    const result = await props.revoke({ id: asked.id });
    setFailure(result.ok ? null : result.error.message);
    if (result.ok) setAsked(null);
    router.refresh();
  }

  if (props.keys.length === 0) return <StateMessage kind="empty" title="No keys yet" compact />;
  return (
    <Card label="Keys">
      <ul>
        {props.keys.map((key) => (
          <KeyRow key={key.id} apiKey={key} renderedAtMs={props.renderedAtMs} onRevoke={setAsked} />
        ))}
      </ul>
      <Dialog
        open={asked !== null}
        title={`Revoke ${asked?.name ?? ''}?`}
        onClose={() => setAsked(null)}
        actions={
          <>
            <Button onClick={() => setAsked(null)}>Keep it</Button>
            <Button variant="danger" onClick={confirm}>
              Revoke the key
            </Button>
          </>
        }
      >
        Whatever still uses this key is refused within seconds. This cannot be undone.
        {failure !== null && (
          <span role="alert" className="mt-2 block text-critical-text">
            {failure}
          </span>
        )}
      </Dialog>
    </Card>
  );
}
