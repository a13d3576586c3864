'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { VersionText } from '#components/deployments/version-text.tsx';
import { useTeamEvents } from '#components/live/hooks.ts';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { ClusterAgent } from '#lib/model/cluster-agent.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { type AdoptActions, Adopting } from './adopting.tsx';
import { capabilityWords, managerWords, versionName } from './found-words.ts';

/** However often a cluster changes, the page is read no more often than this, milliseconds. */
const READ_EVERY_MS = 2000;

interface FoundListProps {
  found: readonly ClusterAgent[];
  isArchive: boolean;
  /** Null for people who may only look. */
  actions: AdoptActions | null;
  renderedAtMs: number;
}

/** Reads the page anew when something in a cluster is different. */
function useFollowing(): void {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useTeamEvents(({ type }) => {
    if (type !== 'cluster.changed' && type !== 'resync') return;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      router.refresh();
    }, READ_EVERY_MS);
  });
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
}

/** Agents as they are in clusters: what each runs, who manages it, what can be done with it. */
export function FoundList({ found, isArchive, actions, renderedAtMs }: FoundListProps) {
  useFollowing();
  if (found.length === 0)
    return (
      <StateMessage kind="empty" compact title={isArchive ? 'Nothing is gone' : 'No agent was found yet'}>
        {isArchive ? (
          'Agents that vanish from their cluster for longer than five minutes stand here.'
        ) : (
          <>
            Label a Deployment or StatefulSet{' '}
            <code className="font-mono text-xs">pitwall.dev/agent: "true"</code>. Agents of kagent, Kagenti
            and agent-sandbox are found without it.
          </>
        )}
      </StateMessage>
    );
  const title = isArchive ? 'Gone from their clusters' : 'Found in clusters';
  return (
    <Card label={title}>
      <CardHeader title={title} hint={formatPlural(found.length, 'agent')} />
      <ul>
        {found.map((each) => (
          <li
            key={each.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-t border-line px-4 py-2.5 text-sm"
          >
            <FoundName found={each} renderedAtMs={renderedAtMs} />
            <FoundFacts found={each} />
            {actions && !isArchive && (
              <span className="flex flex-wrap items-center gap-2">
                <Adopting found={each} actions={actions} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function FoundName({ found, renderedAtMs }: { found: ClusterAgent; renderedAtMs: number }) {
  const { displayName, agent, presence, missingSince, archivedAt, staleSince, replicas, readyReplicas } =
    found;
  const isShort = replicas !== null && readyReplicas !== null && readyReplicas < replicas;
  return (
    <span className="min-w-0 flex-1 basis-64">
      <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
        {agent ? <Link href={paths.agent(agent.id)}>{displayName}</Link> : displayName}
        {agent === null && presence === 'present' && <Badge>Not adopted</Badge>}
        {presence === 'missing' && (
          <Badge tone="critical">
            Missing for <Ago atMs={missingSince} renderedAtMs={renderedAtMs} words="span" />
          </Badge>
        )}
        {presence === 'archived' && (
          <Badge>
            Gone <Ago atMs={archivedAt} renderedAtMs={renderedAtMs} />
          </Badge>
        )}
        {staleSince !== null && presence === 'present' && (
          <Badge tone="warning">
            Stale for <Ago atMs={staleSince} renderedAtMs={renderedAtMs} words="span" />
          </Badge>
        )}
        {presence === 'present' && isShort && (
          <Badge tone="warning">
            {readyReplicas} of {replicas} ready
          </Badge>
        )}
      </span>
      <span className="block text-xs text-muted wrap-anywhere">
        {found.kind}
        {found.workload && found.workload.kind !== found.kind && ` with ${found.workload.kind}`} in{' '}
        {found.cluster.name} / {found.namespace}
      </span>
      {found.condition !== null && presence === 'present' && (
        <span className="block text-xs text-warning-text wrap-anywhere">{found.condition}</span>
      )}
    </span>
  );
}

function FoundFacts({ found }: { found: ClusterAgent }) {
  return (
    <span className="min-w-0 basis-80 text-xs text-muted wrap-anywhere">
      <span className="block text-ink" title={found.image ?? undefined}>
        <VersionText version={versionName(found)} digest={found.digest} />
      </span>
      <span className="block">{managerWords(found)}</span>
      <span className="block">{capabilityWords(found).join(' · ') || 'Nothing can be done from here'}</span>
    </span>
  );
}
