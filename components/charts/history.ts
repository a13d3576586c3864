import type { LiveMeasure } from '#lib/model/live.ts';
import type { GROUP_BY, MetricAnswer, MetricMeasure } from '#lib/model/metric.ts';
import { paths } from '#lib/model/paths.ts';

export interface HistoryQuery {
  fromMs: number;
  toMs: number;
  pixels: number;
  /** Name of an OTLP metric; left out for what is counted from spans. */
  metric?: string;
  measure: LiveMeasure | MetricMeasure;
  agentId?: string;
  environment?: string;
  groupBy?: (typeof GROUP_BY)[number];
  top?: number;
}

const SHARED_FOR_MS = 3000;
const recent = new Map<string, Promise<MetricAnswer>>();

/**
 * Stored values of one measure. The same question asked twice within 3 s is answered once, so that
 * panels of one page share it.
 *
 * @throws Error with words for the person who looks at the panel
 */
export function fetchHistory(query: HistoryQuery): Promise<MetricAnswer> {
  const { fromMs, toMs, ...rest } = query;
  const url = paths.api.metricsQuery({ from: Math.round(fromMs), to: Math.round(toMs), ...rest });
  const running = recent.get(url);
  if (running) return running;
  const answer = load(url);
  recent.set(url, answer);
  setTimeout(() => recent.delete(url), SHARED_FOR_MS);
  return answer;
}

async function load(url: string): Promise<MetricAnswer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(15_000),
    headers: { accept: 'application/json' },
  });
  if (response.ok) return (await response.json()) as MetricAnswer;
  const problem: unknown = await response.json().catch(() => null);
  const detail =
    typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : null;
  if (typeof detail === 'string') throw new Error(detail);
  throw new Error(`The server answered ${response.status}.`);
}
