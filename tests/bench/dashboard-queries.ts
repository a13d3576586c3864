import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { uuidv7 } from '#lib/model/uuid.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';
import { type Goal, type Line, quantile, type RunOptions, round } from './harness.ts';
import { type Peer, startVictoriaMetrics } from './peers.ts';
import { type Stack, startStack } from './stack.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro'];

function latencySketch(): Buffer {
  const sketch = new Sketch();
  for (let i = 1; i <= 60; i++) sketch.add(200 + i * 37);
  return Buffer.from(sketch.encode());
}

/** Agents with 24 h of minute rows and 30 days of hour rows, and the rows of the whole team. */
async function seed(stack: Stack, agents: number): Promise<string> {
  const sql = postgres(stack.setting('DATABASE_OWNER_URL'), { max: 2, onnotice: () => {} });
  try {
    const [team] = await sql<{ id: string }[]>`select id from teams limit 1`;
    const teamId = team?.id ?? '';
    const ids = Array.from({ length: agents }, () => uuidv7());
    await sql`insert into agents (id, team_id, name, source) select id, ${teamId}, 'agent-' || n, 'discovered' from unnest(${ids}::uuid[]) with ordinality as a (id, n)`;
    await sql`insert into operation_series (team_id, agent_id, class, operation, provider, model)
      select ${teamId}, id, 'run', 'invoke_agent', '', '' from unnest(${ids}::uuid[]) as a (id)`;
    await sql`insert into operation_series (team_id, agent_id, class, operation, provider, model) values (${teamId}, null, 'run', 'invoke_agent', '', '')`;
    for (const model of MODELS) {
      await sql`insert into operation_series (team_id, agent_id, class, operation, provider, model) values (${teamId}, null, 'model', 'chat', 'bench', ${model})`;
    }
    for (const [level, days] of [
      [60, 1],
      [3600, 30],
      [86_400, 30],
    ] as const)
      await seedLevel(sql, level, days);
    // As after a month of use. Until the index over time knows the rows, each question about a day reads the whole month.
    await sql`vacuum (analyze)`;
    return ids[0] ?? '';
  } finally {
    await sql.end();
  }
}

async function seedLevel(sql: postgres.Sql, level: 60 | 3600 | 86_400, days: number): Promise<void> {
  const table = `rollup_operations_${level}`;
  if (level !== 86_400) {
    for (let day = 0; day <= days; day++)
      await sql`select ensure_partition(${table}, now() - make_interval(days => ${day}))`;
  }
  const sketch = latencySketch();
  const width = `${level} seconds`;
  await sql`insert into ${sql(table)}
    select s.id, at, 60, 1, 0, 60000, 100, 2400, 9000, 3000, 500, 0, 0, 0.02 + (s.id % 7) * 0.001, 0, ${sketch}
    from generate_series(date_bin(${width}::interval, now() - make_interval(days => ${days}), 'epoch'), now() - ${width}::interval, ${width}::interval) as at, operation_series s`;
}

interface Panel {
  name: string;
  query: Record<string, string>;
  rangeMs: number;
  /** The same question in PromQL and its step, for the peer. */
  peer: { query: string; stepSeconds: number; instant?: true } | null;
}

function panels(agentId: string): Panel[] {
  return [
    {
      name: 'fleet requests, 24 h',
      query: { measure: 'requests' },
      rangeMs: DAY,
      peer: { query: 'sum(req_m)', stepSeconds: 60 },
    },
    { name: 'fleet p95, 24 h', query: { measure: 'latency_p95' }, rangeMs: DAY, peer: null },
    {
      name: 'fleet requests, 30 d',
      query: { measure: 'requests' },
      rangeMs: 30 * DAY,
      peer: { query: 'sum(req_h)', stepSeconds: 3600 },
    },
    {
      name: 'top 20 agents, 24 h',
      query: { measure: 'requests', groupBy: 'agent', top: '20' },
      rangeMs: DAY,
      peer: { query: 'topk(20, sum_over_time(req_m[24h]))', stepSeconds: 60, instant: true },
    },
    {
      name: 'top 20 agents, 7 d',
      query: { measure: 'requests', groupBy: 'agent', top: '20' },
      rangeMs: 7 * DAY,
      peer: { query: 'topk(20, sum_over_time(req_h[7d]))', stepSeconds: 3600, instant: true },
    },
    {
      name: 'top 20 agents, 30 d',
      query: { measure: 'requests', groupBy: 'agent', top: '20' },
      rangeMs: 30 * DAY,
      peer: { query: 'topk(20, sum_over_time(req_h[30d]))', stepSeconds: 3600, instant: true },
    },
    {
      name: 'one agent, 24 h',
      query: { measure: 'requests', agentId },
      rangeMs: DAY,
      peer: { query: 'req_m{agent="agent-1"}', stepSeconds: 60 },
    },
    {
      name: 'one agent, 30 d',
      query: { measure: 'requests', agentId },
      rangeMs: 30 * DAY,
      peer: { query: 'req_h{agent="agent-1"}', stepSeconds: 3600 },
    },
    {
      name: 'cost by model, 30 d',
      query: { measure: 'cost', groupBy: 'model' },
      rangeMs: 30 * DAY,
      peer: null,
    },
  ];
}

interface Timing {
  firstMs: number;
  p50Ms: number;
  p95Ms: number;
  bytes: number;
}

/** Times `count` requests, `lanes` at once; the first stands apart as the cold one. */
async function time(
  urlOf: () => string,
  headers: Record<string, string>,
  count: number,
  lanes: number,
): Promise<Timing> {
  const one = async () => {
    const began = performance.now();
    const response = await fetch(urlOf(), { headers });
    const body = await response.arrayBuffer();
    if (!response.ok) throw new Error(`${response.status}: ${Buffer.from(body).toString().slice(0, 300)}`);
    return { ms: performance.now() - began, bytes: body.byteLength };
  };
  const first = await one();
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let i = 0; i < count / lanes; i++) times.push((await one()).ms);
    }),
  );
  return {
    firstMs: round(first.ms),
    p50Ms: round(quantile(times, 0.5)),
    p95Ms: round(quantile(times, 0.95)),
    bytes: first.bytes,
  };
}

function ownUrl(stack: Stack, panel: Panel): string {
  const to = Math.floor(Date.now() / MINUTE) * MINUTE;
  const parameters = new URLSearchParams({
    ...panel.query,
    metric: 'operations',
    from: String(to - panel.rangeMs),
    to: String(to),
    pixels: '800',
  });
  return `${stack.url}/api/v1/metrics/query?${parameters}`;
}

function peerUrl(peer: Peer, panel: Panel): string | null {
  if (panel.peer === null) return null;
  const to = Math.floor(Date.now() / 1000);
  const { query, stepSeconds, instant } = panel.peer;
  const parameters = new URLSearchParams({
    query,
    nocache: '1',
    ...(instant
      ? { time: String(to) }
      : { start: String(to - panel.rangeMs / 1000), end: String(to), step: String(stepSeconds) }),
  });
  return `${peer.url}/api/v1/${instant ? 'query' : 'query_range'}?${parameters}`;
}

/** The same values in the peer: minute points of 24 h and hour points of 30 days. */
async function seedPeer(peer: Peer, agents: number): Promise<void> {
  const now = Math.floor(Date.now() / HOUR) * HOUR;
  for (const [name, step, range] of [
    ['req_m', MINUTE, DAY],
    ['req_h', HOUR, 30 * DAY],
  ] as const) {
    const timestamps = Array.from({ length: range / step }, (_, i) => now - range + (i + 1) * step);
    const values = timestamps.map(() => 60);
    for (let at = 1; at <= agents; at += 50) {
      const lines = Array.from({ length: Math.min(50, agents - at + 1) }, (_, i) =>
        JSON.stringify({ metric: { __name__: name, agent: `agent-${at + i}` }, values, timestamps }),
      );
      await fetch(`${peer.url}/api/v1/import`, { method: 'POST', body: lines.join('\n') });
    }
  }
  await fetch(`${peer.url}/internal/force_flush`);
  await wait(2000);
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const agents = 1000;
  const stack = await startStack(null);
  const peer = await startVictoriaMetrics(options.scratch).catch(() => null);
  try {
    const agentId = await seed(stack, agents);
    if (peer !== null) await seedPeer(peer, agents);
    const headers = { 'x-api-key': stack.apiKey };
    for (const panel of panels(agentId)) {
      const own = await time(() => ownUrl(stack, panel), headers, 100, 1);
      const busy = await time(() => ownUrl(stack, panel), headers, 100, 10);
      const other = peer === null ? null : peerUrl(peer, panel);
      const theirs = other === null ? null : await time(() => other, {}, 100, 1);
      yield {
        bench: 'performance P4',
        case: `${panel.name}, ${agents} agents`,
        pitwall: own,
        pitwall_10_at_once: busy,
        victoria_metrics: theirs ?? (peer === null ? 'missing' : 'no such question'),
        ratio_p50: theirs === null ? null : round(theirs.p50Ms / own.p50Ms),
      };
    }
  } finally {
    await peer?.stop();
    await stack.stop();
  }
}

export const dashboardQueries: Goal = {
  id: 'P4',
  title: 'Latency of dashboard queries',
  method:
    'Seeds roll-ups of 1,000 agents (minutes of 24 h, hours of 30 days), then asks the REST route, authentication, limits and JSON included: ' +
    'first request, p50 and p95 of 100, and of 100 with 10 at once. Peer: VictoriaMetrics without its cache on the same values.',
  run,
};
