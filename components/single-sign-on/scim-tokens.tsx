'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Ends } from '#components/ui/ends.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ScimTokenView } from '#lib/model/identity-provider.ts';

interface ScimTokensProps {
  tokens: readonly ScimTokenView[];
  revoke: BoundAction<{ id: string }, { id: string }>;
  proveAgain: string;
  renderedAtMs: number;
}

const isOver = ({ revokedAt, expiresAt }: ScimTokenView, nowMs: number): boolean =>
  revokedAt !== null || expiresAt.getTime() <= nowMs;

/** Until when a token works, and whose rights it has. */
function Bounds({ token, nowMs }: { token: ScimTokenView; nowMs: number }) {
  const { expiresAt, createdByEmail } = token;
  return (
    <span className="block text-xs text-muted wrap-anywhere">
      {isOver(token, nowMs) ? (
        <>
          Ended <Moment atMs={expiresAt.getTime()} />
        </>
      ) : (
        <>
          Ends <Ends atMs={expiresAt.getTime()} renderedAtMs={nowMs} />
        </>
      )}
      {' · '}
      {createdByEmail ?? (
        <span className="text-warning-text">
          its maker has left: it ends nobody to whom roles were granted by hand
        </span>
      )}
    </span>
  );
}

/** The provisioning clients; ending one asks first. */
export function ScimTokens({ tokens, revoke, proveAgain, renderedAtMs }: ScimTokensProps) {
  const [asked, setAsked] = useState<ScimTokenView | null>(null);
  const { save, pending, failure } = useSave(revoke, () => setAsked(null));
  if (tokens.length === 0) return null;
  return (
    <Card label="Tokens">
      <CardHeader title="Tokens" />
      <ul>
        {tokens.map((token) => (
          <li
            key={token.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
          >
            <span className="min-w-0 flex-1 basis-56">
              <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
                {token.name}
                <code className="font-mono text-xs text-muted">…{token.lastFour}</code>
                {token.revokedAt !== null && <Badge>Revoked</Badge>}
              </span>
              <code className="font-mono text-xs text-muted wrap-anywhere">{token.issuer}</code>
              {token.revokedAt === null && <Bounds token={token} nowMs={renderedAtMs} />}
            </span>
            <span className="text-xs text-muted">
              Last used <Ago atMs={token.lastUsedAt?.getTime() ?? null} renderedAtMs={renderedAtMs} />
            </span>
            {token.revokedAt === null && (
              <Button size="sm" variant="danger" onClick={() => setAsked(token)}>
                Revoke
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Dialog
        open={asked !== null}
        title={`Revoke ${asked?.name ?? ''}?`}
        onClose={() => setAsked(null)}
        actions={
          <>
            <Button onClick={() => setAsked(null)}>Keep it</Button>
            <Button variant="danger" pending={pending} onClick={() => asked && save({ id: asked.id })}>
              Revoke it
            </Button>
          </>
        }
      >
        Its client is refused at once. The accounts and groups that it made stay as they are.
        <ActFailure failure={failure} proveAgain={proveAgain} />
      </Dialog>
    </Card>
  );
}
