'use client';

import Link from 'next/link';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { useNow } from '#components/ui/use-now.ts';
import type { AwaitedApprovals } from '#lib/model/awaited-approval.ts';
import { formatDuration, formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { useAwaited } from './awaited.tsx';

/** More are counted, not listed. */
const SHOWN = 3;

/** Deployments that wait for this person's approval; nothing while there are none. */
export function AwaitedCard({ renderedAtMs }: { renderedAtMs: number }) {
  const awaited = useAwaited();
  if (awaited === null || awaited.total === 0) return null;
  const shown = awaited.items.slice(0, SHOWN);
  return (
    <Card label="Your approval is asked">
      <CardHeader
        title="Your approval is asked"
        hint={formatPlural(awaited.total, 'deployment waits', 'deployments wait')}
      />
      <ul>
        {shown.map((deployment) => (
          <AwaitedLine key={deployment.id} deployment={deployment} renderedAtMs={renderedAtMs} />
        ))}
      </ul>
      {awaited.total > shown.length && (
        <p className="border-t border-line px-4 py-2 text-xs">
          <Link href={paths.deployments({ status: 'awaiting_approval' })} className="underline">
            and {awaited.total - shown.length} more
          </Link>
        </p>
      )}
    </Card>
  );
}

function AwaitedLine(props: { deployment: AwaitedApprovals['items'][number]; renderedAtMs: number }) {
  const now = useNow(props.renderedAtMs);
  const { id, agentName, version, environment, requestedBy, expiresAt, given, needed } = props.deployment;
  const left = expiresAt === null ? null : Math.max(0, Math.floor((expiresAt - now) / 60_000) * 60_000);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-sm">
      <span className="min-w-0 flex-1 basis-60 wrap-anywhere">
        <span className="font-medium">
          {agentName} {version}
        </span>{' '}
        to {environment}, asked for by {requestedBy}
        <span className="block text-xs text-muted">
          {given} of {formatPlural(needed, 'approval')}
          {left !== null && (left === 0 ? ', fails within a minute' : `, ${formatDuration(left)} left`)}
        </span>
      </span>
      <ButtonLink size="sm" href={paths.deployment(id)}>
        Review
      </ButtonLink>
    </li>
  );
}
