import { expect, test } from 'vitest';
import type { FleetAgent } from '#components/agents/fleet.ts';
import { groupFleet } from './group-fleet.ts';

const agent = (
  name: string,
  environment: string,
  namespace = '',
  status: FleetAgent['status'] = 'running',
): FleetAgent => ({
  id: name,
  name,
  environment,
  namespace,
  type: 'agent',
  status,
  reason: '',
  statusSince: null,
  version: null,
  owner: null,
  lastSeenMs: null,
  live: null,
});

test('cells are grouped by environment and namespace and keep their place whatever their state', () => {
  const fleet = [agent('b10', 'prod', 'shop', 'error'), agent('a', 'dev'), agent('b9', 'prod', 'shop')];
  const places = (agents: FleetAgent[]) =>
    groupFleet(agents).map((group) => group.agents.map((one) => one.name));
  expect(places(fleet)).toEqual([['a'], ['b9', 'b10']]);
  expect(places([...fleet].reverse().map((one) => ({ ...one, status: 'degraded' as const })))).toEqual(
    places(fleet),
  );
});

test('a group says how many of its agents need attention', () => {
  expect(
    groupFleet([
      agent('a', 'x', '', 'error'),
      agent('b', 'x', '', 'degraded'),
      agent('c', 'x', '', 'stopped'),
    ])[0],
  ).toMatchObject({ attention: 2, tone: 'critical' });
});
