import { expect, test } from 'vitest';
import type { FleetSnapshot } from '#lib/model/live.ts';
import { environmentTail } from './environment-tail.ts';
import { FleetStore } from './stores.ts';

const SNAPSHOT: FleetSnapshot = {
  k: 'fleet',
  e: 'e',
  s: 1,
  t: 1000,
  base: 0,
  ids: ['a', 'b', 'c'],
  names: ['a', 'b', 'c'],
  environments: ['production', 'production', 'staging'],
  statuses: [0, 0, 0],
  reasons: ['', '', ''],
  // Seen, requests, errors in basis points, p95, tokens, cost in micro-dollars a minute.
  columns: [
    [0, 0, 0],
    [10, 30, 100],
    [5000, 1000, 0],
    [-1, -1, -1],
    [100, 200, 999],
    [1e6, 1e6, 9e6],
  ],
  minute: [],
  head: [],
  tail: { starts: [], columns: [] },
};

test('an environment shows what its own agents did in the last minute, and no line that nobody sent', () => {
  const fleet = new FleetStore();
  const tail = environmentTail(fleet, 'production');
  expect(tail.minute('requests')).toBeUndefined();
  fleet.load(SNAPSHOT);
  expect(tail.minute('requests')).toBe(40);
  expect(tail.minute('errors')).toBeCloseTo(8);
  expect(tail.minute('error_rate')).toBeCloseTo(0.2);
  expect(tail.minute('cost')).toBe(120);
  expect(tail.minute('latency_p95')).toBeUndefined();
  expect(tail.read('requests')).toBeNull();
});
