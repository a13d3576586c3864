import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FleetStore } from '#components/live/stores.ts';
import { AGENT_STATUSES } from '#lib/model/agent.ts';
import { type FleetRow, TAIL_WINDOWS } from '#lib/model/live.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import { makeTick } from '#lib/testing/live-tick.ts';
import { TeamState } from './team.ts';

const START = 1_700_000_000_000;
const ids = Array.from({ length: 6 }, (_, i) => `019a0000-0000-7000-8000-00000000000${i}`);
const describeAgent = (id: string, values: Partial<LiveAgent> = {}): LiveAgent => ({
  id,
  name: `agent ${id.at(-1)}`,
  environment: 'default',
  status: 'running',
  statusReason: '',
  lastTelemetryAt: null,
  ...values,
});

function makeTeam() {
  let epochs = 0;
  return new TeamState('team', () => `e${++epochs}`, START);
}

const byId = (rows: readonly FleetRow[] | null) =>
  [...(rows ?? [])].sort((a, b) => a.agentId.localeCompare(b.agentId));

const step = fc.record({
  waitMs: fc.constantFrom(0, 100, 900, 5000, 30_000, 70_000),
  agent: fc.integer({ min: 0, max: ids.length - 1 }),
  what: fc.constantFrom('tick', 'tick', 'tick', 'describe', 'delete', 'sweep', 'gap', 'nothing'),
  requests: fc.integer({ min: 0, max: 40 }),
  status: fc.constantFrom(...AGENT_STATUSES),
});

describe('team state', () => {
  it('a browser that follows the deltas sees what one that joins now is shown', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const team = makeTeam();
        team.describe(
          ids.slice(0, 3).map((id) => describeAgent(id)),
          true,
        );
        const follower = new FleetStore();
        let nowMs = START;
        team.fleet.delta(nowMs);
        follower.load(JSON.parse(team.fleet.snapshot(nowMs)));
        let seq = 0;
        for (const { waitMs, agent, what, requests, status } of steps) {
          nowMs += waitMs;
          const id = ids[agent] ?? '';
          if (what === 'tick')
            team.apply(makeTick([id], { seq: ++seq, lastSeenMs: [nowMs] }, requests), nowMs);
          else if (what === 'describe') team.describe([describeAgent(id, { status })], false);
          else if (what === 'delete') team.forget([id]);
          else if (what === 'sweep') team.sweep(nowMs, requests > 20);
          if (what === 'gap') {
            team.forget([id]);
            team.restart();
          }
          const delta = team.fleet.delta(nowMs);
          if (what === 'gap') follower.load(JSON.parse(team.fleet.snapshot(nowMs)));
          else if (delta !== null) follower.apply(JSON.parse(delta));
          const joiner = new FleetStore();
          joiner.load(JSON.parse(team.fleet.snapshot(nowMs)));
          expect(byId(follower.rows())).toEqual(byId(joiner.rows()));
          expect({ ...follower.totals(), atMs: 0 }).toEqual({ ...joiner.totals(), atMs: 0 });
          expect(follower.tail.read('requests').values).toEqual(joiner.tail.read('requests').values);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('shows rates of the trailing minute that run out by themselves', () => {
    const team = makeTeam();
    team.describe([describeAgent(ids[0] ?? '')], true);
    const store = new FleetStore();
    team.fleet.delta(START);
    store.load(JSON.parse(team.fleet.snapshot(START)));
    const tick = makeTick([ids[0] ?? ''], { lastSeenMs: [START], errors: [1] }, 4);
    team.apply(tick, START);
    const take = (nowMs: number) => {
      const delta = team.fleet.delta(nowMs);
      if (delta !== null) store.apply(JSON.parse(delta));
      return store.rows()?.[0];
    };
    expect(take(START + 100)).toMatchObject({
      requestsPerMin: 4,
      errorRate: 0.25,
      tokensPerMin: 60,
      lastSeenMs: START,
    });
    expect(take(START + 61_000)).toMatchObject({
      requestsPerMin: 0,
      errorRate: null,
      p95Ms: null,
      tokensPerMin: 0,
    });
  });

  it('tells the values of every agent at once when a lost tick has the fleet told anew', () => {
    const team = makeTeam();
    const [id = ''] = ids;
    team.describe([describeAgent(id)], true);
    team.apply(makeTick([id], { lastSeenMs: [START] }, 4), START);
    team.fleet.delta(START);
    team.loadTail({ starts: [], columns: [] });
    team.fleet.delta(START + 100);
    const store = new FleetStore();
    store.load(JSON.parse(team.fleet.snapshot(START + 100)));
    expect(store.rows()?.[0]).toMatchObject({ requestsPerMin: 4, lastSeenMs: START });
  });

  it('a week of events with nobody in the fleet costs no more than its last quarter of an hour', () => {
    const team = makeTeam();
    team.describe([describeAgent(ids[0] ?? '')], true);
    let nowMs = START;
    for (let seq = 1; seq <= 2000; seq++) {
      nowMs += 10_000;
      team.apply(makeTick([ids[0] ?? ''], { seq, lastSeenMs: [nowMs] }, 1), nowMs);
      team.sweep(nowMs, true);
    }
    const delta = JSON.parse(team.fleet.delta(nowMs) ?? '{}') as { b: unknown[] };
    expect(delta.b.length).toBeLessThanOrEqual(TAIL_WINDOWS + 1);
  });

  it('a browser that was away shortly gets the windows that closed meanwhile', () => {
    const team = makeTeam();
    const store = new FleetStore();
    team.fleet.delta(START);
    store.load(JSON.parse(team.fleet.snapshot(START)));
    for (let second = 1; second <= 50; second++) {
      const nowMs = START + second * 1000;
      team.apply(makeTick([ids[0] ?? ''], { seq: second, lastSeenMs: [nowMs] }, 1), nowMs);
      team.sweep(nowMs, false);
    }
    const delta = team.fleet.delta(START + 50_000);
    store.apply(JSON.parse(delta ?? '{}'));
    expect(store.tail.read('requests').values.slice(0, 4)).toEqual([54, 60, 60, 60]);
  });

  it('counts each tick of a writer once, and tells a lost one from one that asks for a reload', () => {
    const team = makeTeam();
    const tick = (seq: number, resync?: true) => team.apply(makeTick([ids[0] ?? ''], { seq, resync }), START);
    expect([tick(1), tick(1), tick(2), tick(4), tick(3), tick(5, true)]).toEqual([
      'ok',
      'repeated',
      'ok',
      'lost',
      'repeated',
      'resync',
    ]);
    expect(team.total.minute(START)[0]).toBe(4);
  });

  it('keeps quiet while nothing changes, but says every 5 s that it is alive', () => {
    const team = makeTeam();
    team.fleet.delta(START);
    const said = [];
    for (let ms = 100; ms <= 20_000; ms += 100) if (team.fleet.delta(START + ms) !== null) said.push(ms);
    expect(said).toEqual([5000, 10_000, 15_000, 20_000]);
  });

  it('lets idle agents go, described or not, while nobody looks', () => {
    const team = makeTeam();
    team.apply(makeTick(ids, { lastSeenMs: ids.map(() => START) }), START);
    for (let minute = 0; minute < 20; minute++) team.sweep(START + minute * 60_000, false);
    expect([team.agentCount, team.isEmpty, team.undescribed.size]).toEqual([0, true, 0]);
  });

  it('shows an agent that never sent anything once, and not at all after it was deleted', () => {
    const team = makeTeam();
    const [id = ''] = ids;
    team.describe([describeAgent(id)], true);
    team.fleet.delta(START);
    team.sweep(START + 3_600_000, false);
    team.describe([describeAgent(id)], true);
    team.fleet.delta(START + 3_600_000);
    const viewer = new FleetStore();
    viewer.load(JSON.parse(team.fleet.snapshot(START + 3_600_000)));
    expect(byId(viewer.rows()).map((row) => row.agentId)).toEqual([id]);
    team.forget([id]);
    team.fleet.delta(START + 3_601_000);
    viewer.load(JSON.parse(team.fleet.snapshot(START + 3_601_000)));
    expect(viewer.rows()).toEqual([]);
  });
});
