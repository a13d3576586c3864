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
    const metrics = new LiveMetrics(300_000);
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
    const metrics = new LiveMetrics(300_000);
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

  it('no longer add a replica that sent nothing for as long as an agent may be silent, until it is back', () => {
    const live = createLiveAccumulator();
    const metrics = new LiveMetrics(300_000);
    metrics.addStream('agent', identity('queue', 'gone'));
    metrics.addStream('agent', identity('queue', 'here'));
    metrics.addStream('agent', identity('idle', 'gone'));
    const at = (ms: number, ...values: [stream: number, value: number][]) => {
      metrics.receiveAt(ms);
      for (const [stream, value] of values) metrics.observe(stream, value);
      live.metricsChanged(metrics, ms);
      const { metricNames, metrics: changed } = live.take('w', ms);
      return Object.fromEntries(changed.map(([, name, value]) => [metricNames[name], value]));
    };
    expect(at(1_000_000, [0, 5], [1, 7], [2, 3])).toEqual({ queue: 12, idle: 3 });
    expect(at(1_300_000, [1, 8])).toEqual({ queue: 13 });
    expect(at(1_311_000, [1, 9])).toEqual({ queue: 9 });
    expect(at(1_322_000, [1, 10], [0, 4])).toEqual({ queue: 14 });
  });
});
