import { expect, it } from 'vitest';
import type { FleetSnapshot } from '#lib/model/live.ts';
import { AgentStore, FleetStore } from './stores.ts';

const BASE = 1_700_000_000_000;
const minute = [6, 3, 100, 50, 2_000_000, 10, 20, 30, 4, 5];

function snapshot(values: Partial<FleetSnapshot> = {}): FleetSnapshot {
  return {
    k: 'fleet',
    e: 'e1',
    s: 1,
    t: BASE + 60_000,
    base: BASE,
    ids: ['a', 'b', 'c'],
    names: ['A', 'B', 'C'],
    environments: ['default', 'default', 'prod'],
    statuses: [0, -1, 2],
    reasons: ['', '', 'it fails'],
    columns: [
      [30, -1, -1],
      [6, 0, 0],
      [5000, -1, -1],
      [20.5, -1, -1],
      [150, 0, 0],
      [2_000_000, 0, 0],
    ],
    minute,
    head: [1, 0, 10, 5, 1_000_000, 10, 20, 30, 1, 0],
    tail: {
      starts: [BASE + 10_000, BASE + 20_000, BASE + 40_000],
      columns: minute.map((value) => [value, value, value]),
    },
    ...values,
  };
}

function loaded(): FleetStore {
  const store = new FleetStore();
  store.load(snapshot());
  return store;
}

it('shows nothing before the first snapshot', () => {
  const store = new FleetStore();
  expect([store.rows(), store.totals()]).toEqual([null, null]);
});

it('gives values their units, and null where there is no data', () => {
  const rows = loaded().rows();
  expect(rows).toEqual([
    {
      agentId: 'a',
      name: 'A',
      environment: 'default',
      status: 'running',
      reason: '',
      lastSeenMs: BASE + 30_000,
      requestsPerMin: 6,
      errorRate: 0.5,
      p95Ms: 20.5,
      tokensPerMin: 150,
      costPerHour: 120,
      unpricedCallsPerMin: 0,
    },
    expect.objectContaining({
      agentId: 'c',
      status: 'error',
      lastSeenMs: null,
      errorRate: null,
      p95Ms: null,
    }),
  ]);
});

it('keeps a row, and the list, the same object until one of its values changes', () => {
  const store = loaded();
  const before = store.rows();
  store.apply({ k: 'fleet', e: 'e1', s: 2, t: BASE + 61_000, m: minute });
  expect(store.rows()).toBe(before);
  store.apply({ k: 'fleet', e: 'e1', s: 3, t: BASE + 61_000, i: [0], c: [[31], [7], [0], [1], [1], [1]] });
  const after = store.rows();
  expect([after?.[0]?.requestsPerMin, after?.[1] === before?.[1], after?.[0] === before?.[0]]).toEqual([
    7,
    true,
    false,
  ]);
});

it('adds, edits and removes rows without moving the others', () => {
  const store = loaded();
  store.apply({
    k: 'fleet',
    e: 'e1',
    s: 2,
    t: BASE + 61_000,
    a: [['d', 'D', 'default', 0, '']],
    u: [
      [0, 'A2', 'default', 5, 'slow'],
      [2, '', '', -1, ''],
    ],
    i: [3],
    c: [[1], [9], [-1], [-1], [0], [0]],
  });
  expect(store.rows()?.map(({ name, status, requestsPerMin }) => [name, status, requestsPerMin])).toEqual([
    ['A2', 'degraded', 6],
    ['D', 'running', 9],
  ]);
  expect(store.totals()).toMatchObject({
    agents: 2,
    requestsPerMin: 6,
    errorRate: 0.5,
    costPerHour: 120,
    tokensPerMin: 150,
  });
  expect(store.totals()?.byStatus).toMatchObject({ running: 1, degraded: 1, error: 0 });
});

it('knows no cost where no call has a price, of a row, of the totals and of a window', () => {
  const store = loaded();
  const unpriced = [6, 3, 100, 50, 0, 10, 20, 30, 4, 0, 4];
  store.apply({
    ...{ k: 'fleet', e: 'e1', s: 8, t: BASE + 51_000 },
    ...{ i: [0], c: [[31], [6], [5000], [20.5], [150], [0], [4]] },
    ...{ m: unpriced, b: [[BASE + 50_000, ...unpriced]] },
  });
  expect(store.rows()?.[0]).toMatchObject({ costPerHour: null, unpricedCallsPerMin: 4 });
  expect(store.totals()).toMatchObject({ costPerHour: null, unpricedCallsPerMin: 4 });
  expect(store.tail.read('cost').values.at(-1)).toBeNull();
  expect(store.tail.minute('cost')).toBeNull();
});

it('draws a line with its gaps, in rates, and moves its head with each delta', () => {
  const store = loaded();
  expect(store.tail.read('requests')).toEqual({
    timesMs: [20_000, 30_000, 40_000, 50_000, 60_000].map((ms) => BASE + ms),
    values: [36, 36, null, 36, 6],
  });
  store.apply({ k: 'fleet', e: 'e1', s: 2, t: BASE + 62_000, b: [[BASE + 50_000, ...minute]] });
  const { timesMs, values } = store.tail.read('cost');
  expect([timesMs.slice(-2), values.slice(-2)]).toEqual([
    [BASE + 60_000, BASE + 62_000],
    [720, 360],
  ]);
});

it('tells React at most four times a second, and chart lines of every delta', async () => {
  const store = loaded();
  let [told, drawn] = [0, 0];
  store.notifier.subscribe(() => told++);
  store.tail.subscribe(() => drawn++);
  const end = performance.now() + 600;
  let s = 2;
  while (performance.now() < end) {
    store.apply({ k: 'fleet', e: 'e1', s: s++, t: BASE + 61_000, i: [0], c: [[s], [s], [0], [1], [1], [1]] });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(4);
  expect(drawn).toBe(s - 2);
});

it('shows one agent with its metrics, its changes and its end', () => {
  const store = new AgentStore();
  const head = { k: 'agent:a', e: 'e1', t: BASE };
  store.load({
    ...head,
    s: 1,
    id: 'a',
    name: 'A',
    environment: 'default',
    status: 0,
    reason: '',
    seen: -1,
    minute,
    head: minute,
    tail: { starts: [], columns: minute.map(() => []) },
    metrics: [['queue', 3]],
  });
  expect(store.state()).toMatchObject({
    lastSeenMs: null,
    requestsPerMin: 6,
    modelCallsPerMin: 4,
    toolCallsPerMin: 5,
  });
  store.apply({
    ...head,
    s: 2,
    seen: BASE,
    x: [
      ['queue', 4],
      ['depth', 1],
    ],
    u: ['A', 'default', -1, ''],
  });
  expect(store.state()).toMatchObject({
    lastSeenMs: BASE,
    deleted: true,
    metrics: [
      { name: 'queue', value: 4 },
      { name: 'depth', value: 1 },
    ],
  });
});
