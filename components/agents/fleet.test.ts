import { describe, expect, test } from 'vitest';
import type { AgentRow } from '#lib/model/agent-view.ts';
import type { FleetRow } from '#lib/model/live.ts';
import { type FleetAgent, type Known, mergeFleet } from './fleet.ts';
import { type AgentFilter, orderAgents, passes } from './order.ts';

const team = { id: 't', name: 'default' };
const base = (id: string, change: Partial<AgentRow> = {}): AgentRow => ({
  id,
  name: id,
  type: 'agent',
  environment: 'production',
  namespace: 'shop',
  status: 'running',
  statusReason: 'well',
  statusSince: 1,
  version: '1.2.0',
  owner: null,
  source: 'discovered',
  lastTelemetryAt: 5,
  team,
  ...change,
});
const live = (agentId: string, change: Partial<FleetRow> = {}): FleetRow => ({
  agentId,
  name: agentId,
  environment: 'production',
  status: 'running',
  reason: 'well',
  lastSeenMs: 9,
  requestsPerMin: 1,
  errorRate: 0,
  p95Ms: 10,
  tokensPerMin: 1,
  costPerHour: 1,
  unpricedCallsPerMin: 0,
  ...change,
});
const bases = (...rows: AgentRow[]) => new Map(rows.map((row) => [row.id, row]));

describe('the fleet of a page', () => {
  test('is what the server rendered until the live side speaks, which then decides who exists', () => {
    const known = new Map<string, Known>();
    expect(mergeFleet(bases(base('a'), base('b')), null, known).map((agent) => agent.id)).toEqual(['a', 'b']);
    const merged = mergeFleet(
      bases(base('a'), base('b')),
      [live('b', { status: 'error' }), live('c')],
      known,
    );
    expect(merged.map((agent) => [agent.id, agent.status, agent.namespace])).toEqual([
      ['b', 'error', 'shop'],
      ['c', 'running', ''],
    ]);
  });

  test('keeps the object of an agent whose sources did not change', () => {
    const known = new Map<string, Known>();
    const all = bases(base('a'), base('b'));
    const [a, b] = [live('a'), live('b')];
    const first = mergeFleet(all, [a, b], known);
    const second = mergeFleet(all, [a, live('b', { requestsPerMin: 7 })], known);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).not.toBe(first[1]);
  });

  test('does not claim since when a status holds that the server did not see', () => {
    const merged = mergeFleet(bases(base('a')), [live('a', { status: 'degraded' })], new Map());
    expect(merged[0]?.statusSince).toBeNull();
  });
});

const agent = (id: string, change: Partial<FleetRow> = {}): FleetAgent =>
  mergeFleet(bases(base(id)), [live(id, change)], new Map())[0]!;

describe('order', () => {
  test('by attention puts errors first and equals by name, numbers in names counted', () => {
    const fleet = [
      agent('a10'),
      agent('a9'),
      agent('z', { status: 'error' }),
      agent('m', { status: 'degraded' }),
    ];
    expect(orderAgents(fleet, 'attention', false)).toEqual(['z', 'm', 'a9', 'a10']);
  });

  test('by a value puts the greatest first and missing ones last', () => {
    const fleet = [agent('a', { p95Ms: null }), agent('b', { p95Ms: 5 }), agent('c', { p95Ms: 900 })];
    expect(orderAgents(fleet, 'p95', false)).toEqual(['c', 'b', 'a']);
    expect(orderAgents(fleet, 'p95', true)).toEqual(['a', 'b', 'c']);
  });
});

test('a filter narrows by every part it names and finds words anywhere', () => {
  const all: AgentFilter = { q: '', environment: '', statuses: [], type: '', owner: '' };
  const one = agent('planner-2', { status: 'degraded', reason: '12% of runs failed' });
  expect(passes(one, all)).toBe(true);
  expect(passes(one, { ...all, q: 'failed plan', statuses: ['degraded'], owner: 'none' })).toBe(true);
  expect(
    [{ q: 'writer' }, { environment: 'staging' }, { statuses: ['running' as const] }].map((f) =>
      passes(one, { ...all, ...f }),
    ),
  ).toEqual([false, false, false]);
});
