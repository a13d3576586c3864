import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alertInstances, alertRules, evaluationShards } from '#db/schema/alert-rules.ts';
import { alerts } from '#db/schema/alerts.ts';
import { SHARDS, shardOf } from '#lib/alerts/evaluate-live/shards.ts';
import { updateRule } from '#lib/alerts/rules/verbs/update-rule.ts';
import { execute } from '#lib/command/define-command.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { channels } from '#lib/model/event.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeTick } from '#lib/testing/live-tick.ts';
import { insertRule, scriptedSource, setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createLiveEvaluation, type LiveEvaluationTools } from './live.ts';
import { evaluateRules } from './rules.ts';

let world: World;
let teamId: string;
let context: ReturnType<typeof commandContext>;
let running: ReturnType<typeof createLiveEvaluation>[] = [];
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.ownerSql`delete from alert_rules`;
  await world.ownerSql`delete from evaluation_shards`;
  teamId = (await makeTeam(world)).id;
  context = commandContext(world);
});
afterEach(async () => {
  await Promise.all(running.map((live) => live.stop()));
  running = [];
});
afterAll(() => world.close());

const busy = { type: 'threshold', levels: { warning: 5, critical: 50 }, windowSeconds: 60 } as const;
const failing = { type: 'ratio', ratio: 'error_rate', levels: { critical: 0.5 }, minimumCount: 10 } as const;

async function start(worker = 'worker-1', values: Partial<LiveEvaluationTools> = {}) {
  const { db, bus, log } = context;
  const metrics = scriptedSource(null);
  const live = createLiveEvaluation({ db, bus, log, clock: systemClock, worker, metrics, ...values });
  running.push(live);
  await live.start();
  await live.refresh();
  return live;
}

let seq = 0;
const tick = (agentIds: string[], requests: number, values: object = {}) =>
  context.bus.publish(
    channels.live(teamId),
    JSON.stringify(makeTick(agentIds, { seq: ++seq, ...values }, requests)),
  );
const alertsOf = () => world.db.select().from(alerts).where(eq(alerts.teamId, teamId));
const until = (wanted: object[]) =>
  vi.waitFor(async () => expect(await alertsOf()).toMatchObject(wanted), { timeout: 5000, interval: 10 });
/** The same with the refresh that a worker makes each second. */
const untilRefreshed = (live: ReturnType<typeof createLiveEvaluation>, wanted: object[]) =>
  vi.waitFor(
    async () => {
      await live.refresh();
      expect(await alertsOf()).toMatchObject(wanted);
    },
    { timeout: 5000, interval: 50 },
  );

test('a breach in a tick opens an alert of the agent, without waiting for the grid', async () => {
  const agent = await makeAgent(world, teamId, { name: 'planner' });
  const rule = await insertRule(world, teamId, busy);
  await start();
  await tick([agent.id], 6);
  await until([{ status: 'active', severity: 'warning', agentId: agent.id, labels: { agent: 'planner' } }]);
  const instances = await world.db.select().from(alertInstances).where(eq(alertInstances.ruleId, rule.id));
  expect(instances).toMatchObject([{ state: 'firing', severity: 'warning', value: 6 }]);
  await tick([agent.id], 100);
  await until([{ status: 'active', severity: 'critical' }]);
});

test('alerting S7: a breach in a tick right after the rule was renamed is of the alert that there is', async () => {
  const agent = await makeAgent(world, teamId);
  const rule = await insertRule(world, teamId, busy);
  await start();
  await tick([agent.id], 6);
  await until([{ status: 'active', severity: 'warning' }]);
  const [before] = await alertsOf();
  await execute(context, userActor(teamId, 'admin'), updateRule, { id: rule.id, name: 'Renamed' });
  await running[0]?.refresh();
  await tick([agent.id], 100);
  await until([{ id: before?.id, severity: 'critical', labels: { alertname: 'Renamed' } }]);
});

test('what fires is told once, however many ticks go on breaching', async () => {
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, busy);
  await start();
  for (let i = 0; i < 20; i++) await tick([agent.id], 100);
  await until([{ status: 'active' }]);
  const announced = () => context.published.filter(([, text]) => text.includes('alert.changed')).length;
  await tick([agent.id], 100);
  await running[0]?.refresh();
  expect([announced(), (await alertsOf()).length]).toEqual([1, 1]);
});

test('several rules and a thousand agents that breach in one tick open all their alerts', async () => {
  const agentIds = await Promise.all(
    Array.from({ length: 1000 }, async (_, i) => (await makeAgent(world, teamId, { name: `agent ${i}` })).id),
  );
  await insertRule(world, teamId, busy);
  await insertRule(world, teamId, { ...busy, levels: { critical: 7 } });
  await start();
  await tick(agentIds, 10);
  await vi.waitFor(async () => expect(await alertsOf()).toHaveLength(2000), { timeout: 10_000 });
});

test('the error rate counts what came before this process, as the store knows it', async () => {
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, failing);
  const requests = scriptedSource((query) => (query.measure === 'requests' ? 6 : 0));
  let nowMs = Date.now();
  const live = await start('worker-1', { metrics: requests, clock: { now: () => nowMs } });
  // 27 buckets of a run each are in the store: 10 failures here are not half of all.
  await tick([agent.id], 10, { errors: [10] });
  nowMs += 1000;
  await live.refresh();
  await live.refresh();
  expect(await alertsOf()).toEqual([]);
  await tick([agent.id], 40, { errors: [40] });
  await until([{ severity: 'critical' }]);
});

test('the last value of a metric is judged as it comes', async () => {
  const agent = await makeAgent(world, teamId);
  const source = { metric: 'queue.depth', measure: 'last' } as const;
  await insertRule(world, teamId, { type: 'threshold', source, levels: { critical: 90 } });
  await start();
  await tick([agent.id], 0, { metricNames: ['queue.depth'], metrics: [[0, 0, 91]] });
  await until([{ severity: 'critical', value: 91 }]);
});

test('a rule over the whole team fires for all agents together', async () => {
  const agentIds = [(await makeAgent(world, teamId)).id, (await makeAgent(world, teamId)).id];
  await insertRule(world, teamId, { ...busy, groupBy: 'team', levels: { critical: 15 } });
  await start();
  await tick(agentIds, 10);
  await until([{ agentId: null, value: 20 }]);
});

test('rules with a hold time, and those that are switched off, wait for the grid', async () => {
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, { ...busy, forSeconds: 10 });
  await insertRule(world, teamId, busy, { enabled: false });
  const last = await insertRule(world, teamId, {
    ...busy,
    source: { matchers: [{ name: 'type', operator: '=', value: 'agent' }] },
  });
  await start();
  await tick([agent.id], 100);
  await until([{ sourceId: last.id }]);
});

test('alerting S30: the grid, which has not seen as much yet, does not end what a tick has found', async () => {
  await setDatabaseClock(world, Date.now());
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, { ...busy, intervalSeconds: 10, offsetSeconds: 30 });
  await start();
  await tick([agent.id], 100);
  await until([{ status: 'active' }]);
  const grid = { ...context, metrics: scriptedSource(0), upSinceMs: 0 };
  const never = new AbortController().signal;
  const foundAt = Date.now();
  for (const seconds of [10, 20]) {
    await setDatabaseClock(world, foundAt + seconds * 1000);
    expect(await evaluateRules(grid, never)).toBe(1);
  }
  expect(await alertsOf()).toMatchObject([{ status: 'active' }]);
  // The slot before this moment lies at most an interval back.
  await setDatabaseClock(world, foundAt + 55_000);
  await evaluateRules(grid, never);
  expect(await alertsOf()).toMatchObject([{ status: 'resolved' }]);
});

test('alerting S30: a slot whose whole windows end before the tick does not end what it has found', async () => {
  await setDatabaseClock(world, Date.now());
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, { ...busy, intervalSeconds: 1, offsetSeconds: 5 });
  await start();
  await tick([agent.id], 100);
  await until([{ status: 'active' }]);
  const foundAt = Date.now();
  // What is over the level is so from the tick on: the store knows it in windows that end after it.
  const metrics = scriptedSource(({ windows }) => ((windows[0]?.to ?? 0) > foundAt ? 100 : 0));
  for (let seconds = 1; seconds <= 20; seconds++) {
    await setDatabaseClock(world, foundAt + seconds * 1000);
    await evaluateRules({ ...context, metrics, upSinceMs: 0 }, new AbortController().signal);
  }
  expect(await alertsOf()).toMatchObject([{ status: 'active' }]);
});

test('alerting S24: shards are shared out among workers, each with a token of its own', async () => {
  await start('worker-1');
  await start('worker-2');
  await Promise.all(running.map((live) => live.refresh()));
  const rows = await world.db.select().from(evaluationShards);
  const of = (owner: string) => rows.filter((row) => row.owner === owner).length;
  expect([of('worker-1'), of('worker-2'), rows.length]).toEqual([SHARDS / 2, SHARDS / 2, SHARDS]);
});

test('alerting S24: what was decided under a lost shard is not written, and its new owner fires it', async () => {
  // A second worker takes over the upper half of the shards at once.
  let agent = await makeAgent(world, teamId);
  while (shardOf(agent.id) >= SHARDS / 2) agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, busy);
  await start('worker-1');
  await world.db.update(evaluationShards).set({ token: 99, owner: 'somebody' });
  await tick([agent.id], 100);
  const second = await start('worker-2');
  await tick([agent.id], 100);
  expect(await alertsOf()).toEqual([]);
  await world.db.update(evaluationShards).set({ leaseUntil: new Date(0) });
  await untilRefreshed(second, [{ status: 'active' }]);
});

test('a rule that was edited in between is judged in its new version', async () => {
  const agent = await makeAgent(world, teamId);
  const rule = await insertRule(world, teamId, busy);
  const live = await start();
  const quieter = { ...rule.definition, levels: { critical: 200 } };
  await world.db
    .update(alertRules)
    .set({ version: 2, definition: quieter })
    .where(eq(alertRules.id, rule.id));
  await tick([agent.id], 100);
  await live.refresh();
  expect(await alertsOf()).toEqual([]);
  await tick([agent.id], 200);
  await untilRefreshed(live, [{ value: 300 }]);
});

test('a rule at its limit opens no more than it may', async () => {
  const agentIds = [(await makeAgent(world, teamId)).id, (await makeAgent(world, teamId)).id];
  await insertRule(world, teamId, { ...busy, instanceLimit: 1 });
  await start();
  await tick(agentIds, 100);
  const other = await insertRule(world, teamId, { ...busy, levels: { critical: 1 } });
  await running[0]?.refresh();
  await tick(agentIds, 100);
  await until([{ sourceId: other.id }, { sourceId: other.id }]);
});

test('alerting S8: a rule whose labels can not be filled in keeps no other from firing', async () => {
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, { ...busy, labels: { owner: '{{ nobody }}' } });
  const good = await insertRule(world, teamId, busy);
  await start();
  await tick([agent.id], 100);
  await until([{ sourceId: good.id }]);
});

test('alerting S24: what was found under a token that was lost meanwhile is found again under the next', async () => {
  const agent = await makeAgent(world, teamId);
  await insertRule(world, teamId, busy);
  const live = await start();
  await world.db.update(evaluationShards).set({ leaseUntil: new Date(0) });
  await tick([agent.id], 100);
  await untilRefreshed(live, [{ status: 'active' }]);
});
