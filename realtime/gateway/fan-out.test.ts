import { afterEach, expect, it, vi } from 'vitest';
import { manualClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { Teams } from '../state/teams.ts';
import { FanOut, tickMs } from './fan-out.ts';
import type { LiveSocket } from './socket.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('performance P2: ticks each 100 ms for up to 200 viewers, 250 ms for up to 1000, then each second', () => {
  expect([0, 200, 201, 1000, 1001, 10_000].map(tickMs)).toEqual([100, 100, 250, 250, 1000, 1000]);
});

it.each([
  ['whose agents cannot be read', () => Promise.reject(new Error('the database is away')), true],
  ['whose only viewer left before it was read', () => Promise.resolve([]), false],
])('a team %s is not kept as if somebody looked at it', async (_name, loadAgents, connected) => {
  vi.useFakeTimers();
  const clock = manualClock(1_700_000_000_000);
  const log = createLog('test', 'silent');
  const bus = { subscribe: async () => async () => {}, onGap: () => {} };
  const loadTail = async () => ({ starts: [], columns: [] });
  const teams = new Teams({ bus, clock, log, loadAgents, loadTail, onTick: () => {} });
  await teams.start();
  const noted = { onDelta: () => {}, onSlow: () => {}, onSnapshot: () => {} };
  const fanOut = new FanOut({ teams, clock, ...noted });
  const data = { userId: 'u', sessionId: 's', teamId: 't', permissions: new Set() };
  const socket = { id: 'a', data, connected } as unknown as LiveSocket;
  await fanOut.join(socket, { view: 'fleet' }).catch(() => {});
  expect(teams.size.teams).toBe(1);
  clock.advance(180_000);
  await vi.advanceTimersByTimeAsync(3000);
  expect(teams.size.teams).toBe(0);
  fanOut.stop();
  await teams.stop();
});
