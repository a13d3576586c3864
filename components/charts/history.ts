import { refusalWords } from '#components/live/refusal-words.ts';
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

const MINUTE_MS = 60_000;
/** Ends of the asked minute lie on this grid, so that tile and legend ask the same question. */
const MINUTE_GRID_MS = 10_000;
const FEWEST_PIXELS = 10;

/** The stored value of one measure over the last minute, or the part of it that is stored; null when there is none. */
export async function fetchLastMinute(
  question: Pick<HistoryQuery, 'measure' | 'agentId' | 'environment'>,
): Promise<number | null> {
  const toMs = Math.floor(Date.now() / MINUTE_GRID_MS) * MINUTE_GRID_MS;
  const answer = await fetchHistory({ ...question, fromMs: toMs - MINUTE_MS, toMs, pixels: FEWEST_PIXELS });
  return answer.lines[0]?.overall ?? null;
}

async function load(url: string): Promise<MetricAnswer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(15_000),
    headers: { accept: 'application/json' },
  });
  if (response.ok) return (await response.json()) as MetricAnswer;
  throw new Error(await refusalWords(response));
}
