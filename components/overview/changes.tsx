'use client';

import { List, ListItem } from '@tremor/react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { deploymentLook } from '#components/deployments/status-looks.tsx';
import { useTeamEvents } from '#components/live/hooks.ts';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { STATUS_LOOKS, StatusMark, ToneMark } from '#components/ui/status.tsx';
import type { TransitionRow } from '#lib/model/agent-view.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import { addChange, type Change } from './add-change.ts';
import { timelineOf } from './timeline.ts';
import { type RecentDeployments, useRecentDeployments } from './use-recent-deployments.ts';

interface ChangesProps {
  initial: readonly TransitionRow[];
  /** Null for who may not see deployments. */
  deployments: RecentDeployments | null;
  /** Names of the agents that may change, by id. */
  names: ReadonlyMap<string, string>;
  /** Only changes of these agents are shown; else also those of agents that are gone or just came. */
  narrowed: boolean;
  renderedAtMs: number;
}

/** Recent changes, newest first; what happens now is put on top. */
export function Changes({ initial, deployments, names, narrowed, renderedAtMs }: ChangesProps) {
  const [all, setChanges] = useState<readonly Change[]>(initial);
  useEffect(() => setChanges(initial), [initial]);
  const deployed = useRecentDeployments(deployments);
  const router = useRouter();
  useTeamEvents((event) => {
    if (event.type === 'resync') router.refresh();
    if (event.type !== 'agent.health') return;
    setChanges((before) => addChange(before, event, names.get(event.agentId) ?? 'An agent'));
  });
  const entries = timelineOf(all, deployed, narrowed ? names : null);

  return (
    <Card label="Recent changes" className="lg:min-h-52">
      <div className="flex max-h-80 flex-col lg:absolute lg:inset-0 lg:max-h-none">
        <CardHeader
          title="Recent changes"
          hint={deployments === null ? 'health' : 'health and deployments'}
        />
        {entries.length === 0 ? (
          <p className="px-4 pt-1 pb-4 text-sm text-muted">
            {deployments === null
              ? 'No agent changed its state lately.'
              : 'No agent changed its state and none was deployed lately.'}
          </p>
        ) : (
          <List className="scroll-quiet fade-end min-h-0 flex-1 overflow-y-auto px-4 pb-6">
            {entries.map((entry) => (
              <ListItem key={entry.key} className="items-start gap-2.5 py-2">
                {'change' in entry ? (
                  <HealthEntry change={entry.change} />
                ) : (
                  <DeploymentEntry row={entry.deployment} />
                )}
                <span className="shrink-0 text-xs text-muted">
                  <Ago atMs={entry.at} renderedAtMs={renderedAtMs} />
                </span>
              </ListItem>
            ))}
          </List>
        )}
      </div>
    </Card>
  );
}

const NAME = 'truncate font-medium hover:underline';

function HealthEntry({ change }: { change: Change }) {
  return (
    <>
      <StatusMark status={change.to} className="mt-1" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-1.5">
          <Link href={paths.agent(change.agentId, 'health')} className={NAME}>
            {change.agentName}
          </Link>
          <span className="text-muted">
            {STATUS_LOOKS[change.from].word.toLowerCase()} → {STATUS_LOOKS[change.to].word.toLowerCase()}
          </span>
        </p>
        <p className="line-clamp-2 text-xs text-muted">{change.reason}</p>
      </div>
    </>
  );
}

function DeploymentEntry({ row }: { row: DeploymentRow }) {
  const { tone, shape, word } = deploymentLook(row);
  return (
    <>
      <ToneMark tone={tone} shape={shape} className="mt-1" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-1.5">
          <Link href={paths.deployment(row.id)} className={NAME}>
            {row.agent.name}
          </Link>
          <span className="text-muted wrap-anywhere">
            {row.kind === 'rollback' ? 'rollback to' : 'deployment of'} {row.version}: {word.toLowerCase()}
          </span>
        </p>
        <p className="line-clamp-2 text-xs text-muted">
          {row.failure?.message || `${row.environment}, by ${row.requestedBy}`}
        </p>
      </div>
    </>
  );
}
