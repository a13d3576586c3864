import { expect, test } from 'vitest';
import { manualClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { channels } from '#lib/model/event.ts';
import { type FleetSnapshot, WINDOW_COLUMNS } from '#lib/model/live.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import { makeTick } from '#lib/testing/live-tick.ts';
import { Teams } from './teams.ts';

const START = 1_700_000_000_000;
const TEAM = '019a0000-0000-7000-8000-0000000000aa';

const agentOf = (id: string): LiveAgent => ({
  id,
  name: id.slice(-1),
  environment: 'default',
  status: 'running',
  statusReason: '',
  lastTelemetryAt: null,
});

test('what came before this process counted is asked of the store, also when ticks were faster than the first viewer', async () => {
  const handlers: ((payload: string, channel: string) => void)[] = [];
  const clock = manualClock(START);
  const before = { starts: [START - 60_000], columns: WINDOW_COLUMNS.map(() => [7]) };
  const teams = new Teams({
    bus: {
      subscribe: async (_pattern, handler) => {
        handlers.push(handler);
        return async () => {};
      },
      onGap: () => {},
    },
    clock,
    log: createLog('test', 'silent'),
    loadAgents: async () => [],
    loadTail: async () => before,
    onTick: () => {},
  });
  await teams.start();
  const tick = JSON.stringify(makeTick(['019a0000-0000-7000-8000-000000000001'], {}, 1));
  for (const handler of handlers) handler(tick, channels.live(TEAM));
  const { total } = await teams.view(TEAM);
  expect(total.tail(clock.now()).starts).toEqual(before.starts);
  await teams.stop();
});

test('an agent that appears between two viewers is there for the next one', async () => {
  const known = [agentOf('019a0000-0000-7000-8000-000000000001')];
  const handlers: ((payload: string, channel: string) => void)[] = [];
  const clock = manualClock(START);
  const teams = new Teams({
    bus: {
      subscribe: async (_pattern, handler) => {
        handlers.push(handler);
        return async () => {};
      },
      onGap: () => {},
    },
    clock,
    log: createLog('test', 'silent'),
    loadAgents: async () => [...known],
    loadTail: async () => ({ starts: [], columns: [] }),
    onTick: () => {},
  });
  await teams.start();
  const idsFor = async (): Promise<string[]> => {
    const { fleet } = await teams.view(TEAM);
    fleet.delta(clock.now());
    return (JSON.parse(fleet.snapshot(clock.now())) as FleetSnapshot).ids;
  };
  expect(await idsFor()).toEqual([known[0]?.id]);
  teams.leave(TEAM);
  const late = agentOf('019a0000-0000-7000-8000-000000000002');
  known.push(late);
  const payload = JSON.stringify({ type: 'agent.changed', agentId: late.id });
  for (const handler of handlers) handler(payload, channels.events(TEAM));
  clock.advance(1000);
  expect(await idsFor()).toContain(late.id);
  await teams.stop();
});
