'use client';

import { useMemo, useState } from 'react';
import { Panel } from '#components/charts/panel.tsx';
import type { PanelLine } from '#components/charts/panel-store.ts';
import type { ChartMarker } from '#components/charts/prepare/markers.ts';
import { colourOf } from '#components/charts/prepare/measures.ts';
import { Button } from '#components/ui/button.tsx';
import type { MetricMeasure } from '#lib/model/metric.ts';
import type { MetricKind } from '#lib/model/telemetry.ts';

export interface KnownMetric {
  metric: string;
  unit: string;
  kind: MetricKind;
}

/** What is asked of each kind of stream: levels of gauges, rates of sums, percentiles of histograms. */
const MEASURES_OF: Record<MetricKind, readonly { measure: MetricMeasure; label: string }[]> = {
  gauge: [{ measure: 'avg', label: 'Mean' }],
  delta_sum: [{ measure: 'rate', label: 'Per second' }],
  cumulative_sum: [{ measure: 'rate', label: 'Per second' }],
  delta_histogram: [
    { measure: 'p50', label: 'p50' },
    { measure: 'p95', label: 'p95' },
  ],
  cumulative_histogram: [
    { measure: 'p50', label: 'p50' },
    { measure: 'p95', label: 'p95' },
  ],
};

const SHOWN_FIRST = 6;

function linesOf({ metric, kind }: KnownMetric, agentId: string): PanelLine[] {
  return MEASURES_OF[kind].map(({ measure, label }) => ({
    label,
    colour: colourOf(`${metric} ${measure}`),
    question: { metric, measure, agentId },
  }));
}

interface MetricPanelsProps {
  agentId: string;
  metrics: readonly KnownMetric[];
  markers: readonly ChartMarker[];
}

/** The OTLP metrics that an agent sends, each as a panel. */
export function MetricPanels({ agentId, metrics, markers }: MetricPanelsProps) {
  const [all, setAll] = useState(false);
  const shown = useMemo(
    () =>
      (all ? metrics : metrics.slice(0, SHOWN_FIRST)).map((metric) => ({
        metric,
        lines: linesOf(metric, agentId),
      })),
    [all, metrics, agentId],
  );
  if (metrics.length === 0) return null;
  return (
    <section aria-label="Metrics" className="flex flex-col gap-3 pt-2">
      <h2 className="text-md font-medium">Metrics the agent sends</h2>
      <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        {shown.map(({ metric, lines }) => (
          <Panel
            key={`${metric.metric} ${metric.kind}`}
            title={metric.metric}
            hint={metric.unit === '1' ? '' : metric.unit}
            unit="plain"
            lines={lines}
            agentId={agentId}
            markers={markers}
            height={132}
          />
        ))}
      </div>
      {!all && metrics.length > SHOWN_FIRST && (
        <div>
          <Button onClick={() => setAll(true)}>Show all {metrics.length}</Button>
        </div>
      )}
    </section>
  );
}
