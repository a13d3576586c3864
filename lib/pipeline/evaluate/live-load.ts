import { BUCKET_MS, LONGEST_LIVE_MS } from '#lib/alerts/evaluate-live/live-series.ts';
import type { LiveTeam } from '#lib/alerts/evaluate-live/live-team.ts';
import type { OperationMeasure } from '#lib/model/metric.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';

/** Buckets younger than this may not be rolled up yet. */
const SETTLED_MS = 15_000;
/** The store answers rates per minute, and cost in dollars; by the columns of a live series. */
const PER_BUCKET = BUCKET_MS / 60_000;
const MEASURES: readonly [measure: OperationMeasure, scale: number][] = [
  ['requests', PER_BUCKET],
  ['errors', PER_BUCKET],
  ['input_tokens', PER_BUCKET],
  ['output_tokens', PER_BUCKET],
  ['cost', PER_BUCKET * 1e6],
];

/** Fills the windows of a team with what the store has rolled up: after a start, and after ticks were lost. */
export async function loadLiveTeam(
  metrics: Pick<MetricReader, 'measureWindows'>,
  team: LiveTeam,
  nowMs: number,
): Promise<void> {
  const to = Math.floor((nowMs - SETTLED_MS) / BUCKET_MS) * BUCKET_MS;
  const starts = Array.from({ length: LONGEST_LIVE_MS / BUCKET_MS - 2 }, (_, i) => to - (i + 1) * BUCKET_MS);
  const windows = starts.map((from) => ({ from, to: from + BUCKET_MS }));
  const agentIds = team.agentIds;
  const counts = new Map(
    ['', ...agentIds].map((id) => [id, starts.map(() => MEASURES.map(() => 0))] as const),
  );
  for (const [column, [measure, scale]] of MEASURES.entries()) {
    for (const [names, groups] of [
      [[''], null],
      [agentIds, agentIds.map((id) => [id])],
    ] as const) {
      const { values } = await metrics.measureWindows(team.id, {
        metric: 'operations',
        measure,
        groups,
        windows,
      });
      names.forEach((name, g) => {
        counts.get(name)?.forEach((bucket, i) => {
          bucket[column] = (values[g]?.[i] ?? 0) * scale;
        });
      });
    }
  }
  team.load(starts, counts);
}
