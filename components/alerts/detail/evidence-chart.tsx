'use client';

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { TimeChart } from '#components/charts/draw/time-chart.tsx';
import { scaleOf, UNITS } from '#components/charts/prepare/measures.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/states.tsx';
import { formatUtc } from '#lib/model/format.ts';
import type { Evidence } from './evidence.ts';
import { EvidenceSource } from './evidence-source.ts';

/** The line is of the first colour, thresholds of the second and the fifth. */
const COLOURS = [2, 5] as const;
const nothing = () => {};

interface EvidenceChartProps {
  evidence: Evidence;
  startsAtMs: number;
  resolvedAtMs: number | null;
}

/** What the alert saw: its measure around the beginning, with its thresholds and the moments it began and ended. */
export function EvidenceChart({ evidence, startsAtMs, resolvedAtMs }: EvidenceChartProps) {
  const source = useMemo(() => new EvidenceSource(evidence), [evidence]);
  const state = useSyncExternalStore(source.subscribe, source.state, source.state);
  useEffect(() => void source.load(), [source]);
  const { title, unit, thresholds } = evidence;
  const format = (value: number) => `${UNITS[unit].format(value * scaleOf(unit))}${UNITS[unit].suffix}`;
  const levels = thresholds.map(({ label, value }) => `${label} ${format(value)}`);
  const markers = [
    { atMs: startsAtMs, label: 'began', words: `The alert began at ${formatUtc(startsAtMs)}` },
    ...(resolvedAtMs === null
      ? []
      : [{ atMs: resolvedAtMs, label: 'over', words: `It was over at ${formatUtc(resolvedAtMs)}` }]),
  ];
  return (
    <Card label="Evidence">
      <CardHeader title={title} hint={levels.join(', ')} />
      <div className="relative px-2 pb-2">
        <TimeChart
          label={[`${title} around the alert`, ...levels, ...markers.map(({ words }) => words)].join('. ')}
          unit={unit}
          lines={[
            { label: title, colour: 1 },
            ...levels.map((label, i) => ({ label, colour: COLOURS[i] ?? 5 })),
          ]}
          markers={markers}
          source={source}
          syncKey="evidence"
          height={180}
          onZoom={nothing}
          onReset={nothing}
        />
        {state === 'loading' && (
          <div className="absolute inset-x-4 inset-y-2 flex items-end bg-surface">
            <Skeleton className="h-2/3 w-full" />
          </div>
        )}
        {typeof state === 'object' && (
          <div
            role="alert"
            className="absolute inset-0 flex flex-col items-center justify-center gap-2 bg-surface text-sm"
          >
            <p className="text-critical-text">The evidence could not be read. {state.failure}</p>
            <Button size="sm" onClick={() => void source.load()}>
              Try again
            </Button>
          </div>
        )}
        {state === 'empty' && (
          <p className="absolute inset-x-0 top-1/3 text-center text-sm text-muted">
            No values are stored for this time.
          </p>
        )}
      </div>
    </Card>
  );
}
