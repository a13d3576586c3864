import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import type { IngestRig } from './ingest-rig.ts';
import { type ExportAnswer, metricsPayload, sendUntilAnswered, tracesPayload } from './otlp-client.ts';

const SPANS = 10;
const METRICS = 10;

/** Numbers the exports of all loads, so that no two of them are alike. */
let next = 0;

/** What clients were promised: everything that was answered 2xx. */
export interface Promised {
  requests: number;
  spans: number;
  /** Sum of all delta points. */
  work: number;
  /** Requests that had to be sent more than once. */
  repeated: number;
  refused: ExportAnswer[];
}

/** Starts clients that send one export after the other until `stop` is called, which gives what they were promised. */
export function startLoad(rig: IngestRig, clients = 6): { stop(): Promise<Promised> } {
  const promised: Promised = { requests: 0, spans: 0, work: 0, repeated: 0, refused: [] };
  let running = true;

  async function client(number: number): Promise<void> {
    const service = `agent-${number}`;
    while (running) {
      const index = next++;
      const traces = index % 2 === 0;
      const payload = traces ? tracesPayload(service, index, SPANS) : metricsPayload(service, index, METRICS);
      const url = `${rig.otlpUrl}/v1/${traces ? 'traces' : 'metrics'}`;
      const answer = await sendUntilAnswered(url, rig.key, payload);
      if (answer.status !== 200 || answer.body !== '{}') promised.refused.push(answer);
      promised.requests += 1;
      if (traces) promised.spans += SPANS;
      else promised.work += METRICS;
      if (answer.attempts > 1) promised.repeated += 1;
    }
  }

  const done = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return {
    stop: async () => {
      running = false;
      await done;
      return promised;
    },
  };
}

/** What is stored, in the raw rows and, after all windows were rolled up, in the roll-ups of the team. */
export async function stored(rig: IngestRig) {
  const pool = openTelemetryPool(rig.databaseUrl, 4);
  try {
    const store = createPostgresMetricStore({ pool, clock: systemClock, writer: 'fault-test' });
    const inAnHour = Date.now() + 3_600_000;
    while ((await store.rollUp(inAnHour)) > 0);
  } finally {
    await pool.end();
  }
  const one = async (text: string): Promise<number> =>
    Number((await rig.rows<{ n: string }>(text))[0]?.n ?? 0);
  return {
    spans: await one('select count(*) as n from spans'),
    distinctSpans: await one('select count(distinct (trace_id, span_id)) as n from spans'),
    work: await one('select sum(v) as n from metric_points, unnest("values") as v'),
    rolledSpans: await one(
      `select sum(calls) as n from rollup_operations_10 r join operation_series s on s.id = r.series_id
       where s.agent_id is null`,
    ),
    rolledWork: await one(
      `select sum(sum) as n from rollup_metrics_10 r join series s on s.id = r.series_id where s.scope = 'team'`,
    ),
  };
}
