'use client';

import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Ends } from '#components/ui/ends.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { ApiKeyView } from '#lib/model/account-view.ts';

function State({ apiKey, renderedAtMs }: { apiKey: ApiKeyView; renderedAtMs: number }) {
  const { state, expiresAt, replacedBy } = apiKey;
  if (state === 'revoked') return 'Revoked';
  const heir = replacedBy === null ? '' : `, replaced by …${replacedBy}`;
  if (expiresAt === null) return `Active, never ends${heir}`;
  if (state === 'active' && replacedBy === null)
    return (
      <>
        Active, ends <Ends atMs={expiresAt} renderedAtMs={renderedAtMs} />
      </>
    );
  return (
    <>
      {state === 'expired' ? 'Ended' : 'Active, ends'} <Moment atMs={expiresAt} />
      {heir}
    </>
  );
}

function Maker({ apiKey }: { apiKey: ApiKeyView }) {
  if (apiKey.createdByEmail === null) return 'made at the start';
  return (
    <>
      {apiKey.createdByEmail}
      {apiKey.makerIsGone && <span className="ml-1.5 text-warning-text">has left the team</span>}
    </>
  );
}

/** A key of the team: what it may, from where, who made it, when it was last used, and what can be done. */
export function KeyRow(props: {
  apiKey: ApiKeyView;
  renderedAtMs: number;
  onRotate: (key: ApiKeyView) => void;
  onRevoke: (key: ApiKeyView) => void;
}) {
  const { apiKey, renderedAtMs, onRotate, onRevoke } = props;
  const { name, lastFour, scopes, allowedRanges, lastUsedAt, lastUsedIp, state, replacedBy } = apiKey;
  return (
    <li
      id={apiKey.id}
      aria-label={`${name} …${lastFour}`}
      className="target:bg-hover scroll-mt-20 flex flex-wrap items-center gap-x-4 gap-y-1.5 border-t border-line px-4 py-2.5 text-sm first:border-t-0"
    >
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium wrap-anywhere">{name}</span>{' '}
        <code className="font-mono text-xs text-muted">…{lastFour}</code>
        <span className="block text-xs wrap-anywhere text-muted">
          {scopes.join(', ')} · <Maker apiKey={apiKey} />
        </span>
        {allowedRanges.length > 0 && (
          <span className="block text-xs wrap-anywhere text-muted">Only from {allowedRanges.join(', ')}</span>
        )}
      </span>
      <span className="basis-56 text-xs text-muted max-md:min-w-0 max-md:flex-1 max-md:basis-40">
        <State apiKey={apiKey} renderedAtMs={renderedAtMs} />
        <span className="block wrap-anywhere">
          Last used <Ago atMs={lastUsedAt} renderedAtMs={renderedAtMs} />
          {lastUsedIp !== null && ` from ${lastUsedIp}`}
        </span>
      </span>
      <span className="flex gap-2 md:w-32 md:justify-end">
        {state === 'active' && replacedBy === null && (
          <Button size="sm" onClick={() => onRotate(apiKey)}>
            Rotate
          </Button>
        )}
        {state !== 'revoked' && (
          <Button size="sm" variant="danger" onClick={() => onRevoke(apiKey)}>
            Revoke
          </Button>
        )}
      </span>
    </li>
  );
}
