import { describe, expect, it } from 'vitest';
import type { MetricKind, SeriesIdentity } from '#lib/model/telemetry.ts';
import { createLiveAccumulator } from './live-accumulator.ts';
import { LiveMetrics } from './live-metrics.ts';

function identity(metric: string, instance: string, kind: MetricKind = 'gauge'): SeriesIdentity {
  const service = { agentName: 'a', environment: 'default', serviceNamespace: '', serviceName: 'a' };
  return { ...service, instance, metric, unit: '1', kind, attributes: {} };
}

describe('live metrics', () => {
  it('show the sum of the latest values of all streams of a metric', () => {
    const live = createLiveAccumulator();
    const metrics = new LiveMetrics();
    metrics.addStream('agent', identity('queue', 'one'));
    metrics.addStream('agent', identity('queue', 'two'));
    metrics.addStream('agent', identity('latency', 'one', 'delta_histogram'));
    metrics.observe(0, 5);
    metrics.observe(1, 7);
    metrics.observe(0, 2);
    metrics.observe(2, 1_000);
    live.metricsChanged(metrics, 50);
    const tick = live.take('w', 60);
    expect(tick).toMatchObject({ agentIds: ['agent'], lastSeenMs: [50], oldest: 50, metricNames: ['queue'] });
    expect(tick.metrics).toEqual([[0, 0, 9]]);
  });

  it('say nothing of what did not change, and grow without losing values', () => {
    const live = createLiveAccumulator();
    const metrics = new LiveMetrics();
    for (let stream = 0; stream < 1_000; stream++) {
      metrics.addStream(`agent-${stream}`, identity('queue', 'one'));
      metrics.observe(stream, stream);
    }
    live.metricsChanged(metrics, 1);
    expect(live.take('w', 2).agentIds).toHaveLength(1_000);
    metrics.observe(3, 10);
    live.metricsChanged(metrics, 3);
    expect(live.take('w', 4).metrics).toEqual([[0, 0, 10]]);
    expect(live.hasNews()).toBe(false);
  });
});
