import { TAIL_STEP_SECONDS, TAIL_WINDOWS, type Tail, WINDOW_COLUMNS } from '#lib/model/live.ts';
import type { OperationMeasure } from '#lib/model/metric.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';

/** The store answers sums as rates per minute; a window holds what came in its own time. */
const PER_WINDOW = TAIL_STEP_SECONDS / 60;

/** Columns of a window that the store knows of a team, and how they are asked for. */
const MEASURES: Partial<
  Record<(typeof WINDOW_COLUMNS)[number], { measure: OperationMeasure; scale: number; missing: number }>
> = {
  requests: { measure: 'requests', scale: PER_WINDOW, missing: 0 },
  errors: { measure: 'errors', scale: PER_WINDOW, missing: 0 },
  inputTokens: { measure: 'input_tokens', scale: PER_WINDOW, missing: 0 },
  outputTokens: { measure: 'output_tokens', scale: PER_WINDOW, missing: 0 },
  costMicros: { measure: 'cost', scale: 1e6 * PER_WINDOW, missing: 0 },
  unpricedCalls: { measure: 'unpriced_calls', scale: PER_WINDOW, missing: 0 },
  p50: { measure: 'latency_p50', scale: 1, missing: -1 },
  p95: { measure: 'latency_p95', scale: 1, missing: -1 },
  p99: { measure: 'latency_p99', scale: 1, missing: -1 },
};

/**
 * The closed windows of a team's last 15 minutes as the store has rolled them up: what the realtime
 * service starts from. Windows without data are left out; empty when the store has no 10 s resolution.
 */
export async function loadLiveTail(
  store: Pick<MetricStore<unknown>, 'query'>,
  teamId: string,
  nowMs: number,
): Promise<Tail> {
  const stepMs = TAIL_STEP_SECONDS * 1000;
  const to = Math.floor(nowMs / stepMs) * stepMs;
  const range = { from: to - TAIL_WINDOWS * stepMs, to, pixels: TAIL_WINDOWS };
  const windows = new Map<number, number[]>();
  await Promise.all(
    WINDOW_COLUMNS.map(async (name, column) => {
      const asked = MEASURES[name];
      if (!asked) return;
      const { measure, scale, missing } = asked;
      const answer = await store.query(teamId, {
        ...range,
        metric: 'operations',
        measure,
        groupBy: 'none',
        top: 1,
      });
      if (answer.stepSeconds !== TAIL_STEP_SECONDS) return;
      answer.times.forEach((start, i) => {
        const value = answer.lines[0]?.values[i] ?? null;
        if (value === null) return;
        const window = windows.get(start) ?? WINDOW_COLUMNS.map((other) => MEASURES[other]?.missing ?? 0);
        window[column] = value === missing ? missing : Math.round(value * scale * 10) / 10;
        windows.set(start, window);
      });
    }),
  );
  const starts = [...windows.keys()].sort((a, b) => a - b);
  return {
    starts,
    columns: WINDOW_COLUMNS.map((_, column) => starts.map((start) => windows.get(start)?.[column] ?? 0)),
  };
}
