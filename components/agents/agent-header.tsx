'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useAgentLive, useTeamEvents } from '#components/live/hooks.ts';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Badge, STATUS_LOOKS, StatusMark, TONE_TEXT } from '#components/ui/status.tsx';
import type { AgentDetail } from '#lib/model/agent-view.ts';
import { paths } from '#lib/model/paths.ts';
import { type AgentActionSet, AgentActions } from './agent-actions.tsx';

interface AgentHeaderProps {
  agent: AgentDetail;
  actions: AgentActionSet;
  renderedAtMs: number;
}

/** Who the agent is, how it is and why, and what can be done. */
export function AgentHeader({ agent, actions, renderedAtMs }: AgentHeaderProps) {
  const live = useAgentLive(agent.id);
  const router = useRouter();
  const status = live?.status ?? agent.status;
  const look = STATUS_LOOKS[status];
  const [params, write] = useUrlState();
  const chosen = params.get('env') ?? '';
  const outdated = live !== null && live.status !== agent.status;
  // The rest of the page (abilities, since when) was decided for the status before.
  useEffect(() => {
    if (outdated) router.refresh();
  }, [outdated, router]);
  // So do a start or stop that was settled, what others changed, and a deployment that went on.
  useTeamEvents((event) => {
    const isChange = event.type === 'agent.changed' || event.type === 'deployment.changed';
    const concerns = isChange && event.agentId === agent.id;
    if (concerns || event.type === 'resync') router.refresh();
  });

  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="text-xs text-muted">
          <Link href={paths.agents()} className="hover:text-ink hover:underline">
            Agents
          </Link>
          {' / '}
          {agent.environment}
          {agent.namespace !== '' && ` / ${agent.namespace}`}
        </p>
        <h1 className="text-lg font-medium tracking-tight wrap-anywhere md:text-xl">{agent.name}</h1>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm">
          <span className={clsx('inline-flex items-center gap-1.5 font-medium', TONE_TEXT[look.tone])}>
            <StatusMark status={status} />
            {look.word}
          </span>
          <span className="text-muted">{(live?.reason ?? agent.statusReason) || 'No reason was given.'}</span>
        </p>
        <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
          <span>
            for <Ago atMs={agent.statusSince} renderedAtMs={renderedAtMs} words="span" />
          </span>
          <span>version {agent.version ?? 'unknown'}</span>
          <span>{agent.owner ? `owned by ${agent.owner.name}` : 'owned by nobody'}</span>
          <span>
            last seen <Ago atMs={live?.lastSeenMs ?? agent.lastTelemetryAt} renderedAtMs={renderedAtMs} />
          </span>
          {agent.desiredState !== null && (
            <Badge tone="progress">
              {agent.desiredState === 'running' ? 'Start' : 'Stop'} requested, waiting for the agent to
              confirm
            </Badge>
          )}
        </p>
      </div>
      {chosen !== '' && chosen !== agent.environment && (
        <p className="order-last flex basis-full flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-4 py-2 text-sm">
          {agent.name} is in {agent.environment}, outside the chosen environment {chosen}.
          <Button size="sm" onClick={() => write((search) => search.delete('env'))}>
            Show all environments
          </Button>
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <AgentActions agent={agent} actions={actions} />
      </div>
    </header>
  );
}
