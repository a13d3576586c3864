'use client';

import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { environmentTail } from '#components/live/environment-tail.ts';
import { useLiveTeam } from '#components/live/live-provider.tsx';
import { useRange } from '#components/shell/use-range.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/states.tsx';
import { unpricedWords } from '#lib/model/cost.ts';
import { formatCount } from '#lib/model/format.ts';
import { TimeChart } from './draw/time-chart.tsx';
import { Legend } from './legend.tsx';
import { type PanelLine, type PanelState, PanelStore } from './panel-store.ts';
import type { ChartMarker } from './prepare/markers.ts';
import type { Unit } from './prepare/measures.ts';

export interface PanelProps {
  title: string;
  hint?: string;
  unit: Unit;
  lines: readonly PanelLine[];
  /** Whose live end continues the lines; the whole team when left out. */
  agentId?: string;
  /** The environment whose agents the lines add up; all when left out. */
  environment?: string;
  /** What happened, as lines across the chart. */
  markers?: readonly ChartMarker[];
  height?: number;
}

const HISTORY_PIXELS = 640;

/** A card with a time panel: stored history, live end, legend with the last values, honest about its state. */
export function Panel(props: PanelProps) {
  const { title, hint, unit, lines, agentId, environment, markers, height = 168 } = props;
  const team = useLiveTeam();
  const { range, zoom, resetZoom } = useRange();
  const first = useRef(lines);
  const store = useMemo(() => {
    const ofTeam = environment ? environmentTail(team.fleet, environment) : team.fleet.tail;
    const tail = agentId === undefined ? ofTeam : team.agent(agentId).tail;
    return new PanelStore(first.current, unit, range, tail);
  }, [team, agentId, environment, unit, range]);
  useEffect(() => (agentId === undefined ? team.holdFleet() : team.holdAgent(agentId)), [team, agentId]);
  useEffect(() => store.start(HISTORY_PIXELS), [store]);
  const state = useSyncExternalStore(store.onState, store.state, store.state);

  return (
    <Card label={title}>
      <CardHeader title={title} hint={hintOf(hint, state)}>
        <Legend store={store} />
      </CardHeader>
      <div className="relative px-2 pb-2">
        <TimeChart
          label={labelOf(title, markers)}
          markers={markers}
          unit={unit}
          lines={store.lines}
          source={store}
          syncKey="page"
          height={height}
          onZoom={zoom}
          onReset={resetZoom}
          onSight={(visible) => store.setInSight(visible)}
        />
        <Cover state={state} onRetry={() => store.load()} />
      </div>
    </Card>
  );
}

/** The latest of what happened is said with each chart; pages list the rest once. */
const SAID = 5;

/** The chart in words, for who can't see it. */
function labelOf(title: string, markers: readonly ChartMarker[] = []): string {
  const latest = [...markers].sort((a, b) => b.atMs - a.atMs).slice(0, SAID);
  return [`${title} over time`, ...latest.map(({ words }) => words)].join('. ');
}

/** What the panel is about, and what its values are not. */
function hintOf(hint: string | undefined, state: PanelState): string | undefined {
  const notes = [hint];
  if (state.kind === 'ready') {
    if (state.estimated) notes.push(`estimated from the buckets of ${formatCount(state.sampleSize)} samples`);
    notes.push(unpricedWords(state.unpricedCalls) ?? undefined);
  }
  const said = notes.filter((note) => note !== undefined);
  return said.length === 0 ? undefined : said.join(' · ');
}

/** What lies over a panel that has nothing to show; it keeps the panel's size. */
function Cover({ state, onRetry }: { state: PanelState; onRetry: () => void }) {
  if (state.kind === 'loading') {
    return (
      <div className="absolute inset-x-4 inset-y-2 flex items-end bg-surface">
        <Skeleton className="h-2/3 w-full" />
      </div>
    );
  }
  if (state.kind === 'error') {
    return (
      <div
        role="alert"
        className="absolute inset-0 flex flex-col items-center justify-center gap-2 bg-surface px-4 text-center text-sm"
      >
        <p className="text-critical-text">The history could not be read. {state.message}</p>
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      </div>
    );
  }
  return null;
}
