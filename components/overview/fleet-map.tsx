'use client';

import { clsx } from 'clsx';
import { useRouter } from 'next/navigation';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { FleetAgent } from '#components/agents/fleet.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import {
  STATUS_LOOKS,
  STATUSES_BY_URGENCY,
  StatusMark,
  TONE_TEXT,
  TONE_TINT,
} from '#components/ui/status.tsx';
import type { AgentStatus } from '#lib/model/agent.ts';
import { formatCount, formatDuration, formatPercent, formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { type FleetGroup, groupFleet } from './group-fleet.ts';
import { walkCells } from './walk-cells.ts';

/** Silhouettes of cells, cut so that a state is seen without its colour. */
const CELLS: Record<AgentStatus, string> = {
  running: 'bg-ok-quiet rounded-[3px]',
  degraded: 'bg-warning [clip-path:polygon(50%_0,100%_100%,0_100%)]',
  error: 'bg-critical [clip-path:polygon(50%_0,100%_50%,50%_100%,0_50%)]',
  unreachable:
    'bg-critical [clip-path:polygon(20%_0,50%_30%,80%_0,100%_20%,70%_50%,100%_80%,80%_100%,50%_70%,20%_100%,0_80%,30%_50%,0_20%)]',
  stopped: 'border-2 border-unknown rounded-[3px]',
  deploying: 'rounded-full border-2 border-accent',
  scaling: 'rounded-full border-2 border-accent',
};

/** How a cell is drawn: with its name while there is room, then as a square, then small enough for a thousand. */
type CellSize = 'named' | 'square' | 'dot';
const NAMED_TO = 30;
const SQUARE_TO = 240;

function sizeFor(count: number): CellSize {
  return count <= NAMED_TO ? 'named' : count <= SQUARE_TO ? 'square' : 'dot';
}

/** One cell an agent, grouped by environment and namespace. One tab stop; arrow keys walk, Enter opens. */
export function FleetMap({ agents }: { agents: readonly FleetAgent[] }) {
  const [shown, setShown] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const groups = useGroups(agents);
  const size = sizeFor(agents.length);
  const current = useMemo(() => agents.find((agent) => agent.id === shown) ?? null, [agents, shown]);

  const router = useRouter();
  useEffect(
    () =>
      root.current ? walkCells(root.current, setShown, (id) => router.push(paths.agent(id))) : undefined,
    [router],
  );

  return (
    <Card label="Fleet map" className="flex flex-col">
      <CardHeader title="Fleet" hint={formatPlural(agents.length, 'agent')}>
        <MapLegend agents={agents} />
      </CardHeader>
      <div
        ref={root}
        data-fleet-map
        className={clsx(
          'grid flex-1 content-start gap-x-6 gap-y-3 px-4 pt-1 pb-3',
          groups.length > 1 &&
            (size === 'named' ? 'sm:grid-cols-2' : 'sm:grid-cols-[repeat(auto-fill,minmax(200px,1fr))]'),
        )}
      >
        {groups.map((group) => (
          <Group key={group.key} group={group} size={size} alone={groups.length === 1} />
        ))}
      </div>
      <div className="flex h-9 items-center gap-2 border-t border-line px-4 text-xs text-muted">
        <p aria-live="polite" className="flex min-w-0 items-center gap-2 truncate">
          {current ? (
            <Described agent={current} />
          ) : (
            <>
              <span className="max-md:hidden">
                Point at a cell, or walk with the arrow keys; Enter opens the agent.
              </span>
              <span className="md:hidden">Tap a cell to open its agent.</span>
            </>
          )}
        </p>
        {current?.live && <Numbers live={current.live} />}
      </div>
    </Card>
  );
}

const CELL_GRIDS: Record<CellSize, string> = {
  named: 'grid grid-cols-[repeat(auto-fill,minmax(128px,1fr))] gap-1',
  square: 'flex flex-wrap gap-1',
  dot: 'flex flex-wrap gap-[3px]',
};

/** Groups that stay the same objects while only numbers move: what cells show is name, place and status. */
function useGroups(agents: readonly FleetAgent[]): FleetGroup[] {
  const latest = useRef(agents);
  latest.current = agents;
  const shape = agents
    .map((agent) => `${agent.id}${agent.status}${agent.name}${agent.environment}${agent.namespace}`)
    .join();
  return useMemo(() => (shape === '' ? [] : groupFleet(latest.current)), [shape]);
}

const Group = memo(function Group({
  group,
  size,
  alone,
}: {
  group: FleetGroup;
  size: CellSize;
  alone: boolean;
}) {
  const name = group.namespace === '' ? group.environment : `${group.environment} / ${group.namespace}`;
  const wide = group.agents.length > 60;
  return (
    <section aria-label={name} className={clsx('min-w-0', wide && !alone && 'sm:col-span-full')}>
      <h3 className="flex items-baseline gap-2 pb-1.5 text-xs text-muted">
        <span className="truncate">{name}</span>
        <span>{group.agents.length}</span>
        {group.attention > 0 && (
          <span className={clsx('font-medium', TONE_TEXT[group.tone])}>
            {formatPlural(group.attention, 'needs attention', 'need attention')}
          </span>
        )}
      </h3>
      <div className={CELL_GRIDS[size]}>
        {group.agents.map((agent) => (
          <Cell key={agent.id} id={agent.id} name={agent.name} status={agent.status} size={size} />
        ))}
      </div>
    </section>
  );
});

/** A plain link: a thousand router links cost too much, so clicks are taken by delegation. */
const Cell = memo(function Cell(props: { id: string; name: string; status: AgentStatus; size: CellSize }) {
  const { id, name, status, size } = props;
  const href = paths.agent(id);
  const label = `${name}, ${STATUS_LOOKS[status].word}`;
  if (size === 'named') {
    const { tone } = STATUS_LOOKS[status];
    const loud = tone === 'critical' || tone === 'warning';
    return (
      <a
        href={href}
        data-cell={id}
        tabIndex={-1}
        aria-label={label}
        className={clsx(
          'touch flex h-7 min-w-0 items-center gap-2 rounded-md border px-2 text-xs hover:border-faint',
          loud ? clsx(TONE_TINT[tone], TONE_TEXT[tone], 'border-current/25 font-medium') : 'border-line',
        )}
      >
        <span className={clsx('size-2.5 shrink-0', CELLS[status])} />
        <span className="truncate">{name}</span>
      </a>
    );
  }
  return (
    <a
      href={href}
      data-cell={id}
      tabIndex={-1}
      aria-label={label}
      className={clsx(
        'rounded-sm outline-offset-1 hover:outline-2 hover:outline-ink',
        size === 'square' ? 'size-5' : 'size-3',
      )}
    >
      <span className={clsx('block size-full', CELLS[status])} />
    </a>
  );
});

function Described({ agent }: { agent: FleetAgent }) {
  const look = STATUS_LOOKS[agent.status];
  return (
    <>
      <StatusMark status={agent.status} />
      <span className="font-medium text-ink">{agent.name}</span>
      <span className={clsx('truncate', TONE_TEXT[look.tone])}>
        {look.word}
        {agent.reason && look.tone !== 'ok' ? `: ${agent.reason}` : ''}
      </span>
    </>
  );
}

/** Beside what is read out: they move four times a second. */
function Numbers({ live }: { live: NonNullable<FleetAgent['live']> }) {
  return (
    <span className="ml-auto hidden whitespace-nowrap sm:inline">
      {formatCount(live.requestsPerMin)}/min · {formatPercent(live.errorRate)} errors · p95{' '}
      {formatDuration(live.p95Ms)}
    </span>
  );
}

function MapLegend({ agents }: { agents: readonly FleetAgent[] }) {
  const counts = new Map<AgentStatus, number>();
  for (const agent of agents) counts.set(agent.status, (counts.get(agent.status) ?? 0) + 1);
  return (
    <ul className="flex flex-wrap justify-end gap-x-3 text-xs text-muted">
      {STATUSES_BY_URGENCY.filter((status) => counts.has(status)).map((status) => (
        <li key={status} className="flex items-center gap-1.5 whitespace-nowrap">
          <span className={clsx('size-2.5', CELLS[status])} />
          {STATUS_LOOKS[status].word}
          <span className="font-medium text-ink">{counts.get(status)}</span>
        </li>
      ))}
    </ul>
  );
}
