import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import { alerts } from '#db/schema/alerts.ts';
import { alertGroups, alertRoutes } from '#db/schema/notifications.ts';
import { escalationPolicies, escalations } from '#db/schema/on-call.ts';
import { receptions } from '#db/schema/receptions.ts';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { claimRules } from '#lib/alerts/evaluate/claim-rules.ts';
import { slotAt } from '#lib/alerts/evaluate/grid.ts';
import { countAlerts, listAlerts } from '#lib/alerts/inbox-queries.ts';
import { createSilence } from '#lib/alerts/quiet/set-silence.ts';
import { updateRule } from '#lib/alerts/rules/verbs/update-rule.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { runAlertTimers } from '#lib/pipeline/raise/run-alert-timers.ts';
import { acknowledgeAlert } from '#lib/pipeline/respond/acknowledge-alert.ts';
import { resolveAlert } from '#lib/pipeline/respond/resolve-alert.ts';
import { refreshMutes } from '#lib/pipeline/route/refresh-mutes.ts';
import { startGroupReceiver } from '#lib/testing/alert-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeMember } from '#lib/testing/factories.ts';
import { makeChannel } from '#lib/testing/notifications.ts';
import { insertRule, ruleUnderTest, scriptedSource, setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { groupLoop } from '#worker/loops/groups.ts';
import { retireRules } from './retire.ts';
import { evaluateRules } from './rules.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => world.ownerSql`delete from alert_rules`);
afterAll(() => world.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 10, 23, 12);
const team = { type: 'threshold', groupBy: 'team', levels: { critical: 10 } } as const;
const never = new AbortController().signal;
const statesOf = async (under: Awaited<ReturnType<typeof ruleUnderTest>>) =>
  (await under.instances()).map(({ state }) => state);
const statusesOf = async (under: Awaited<ReturnType<typeof ruleUnderTest>>) =>
  (await under.alerts()).map(({ status }) => status);

test('alerting S3: the first breach opens an alert, the first clear evaluation resolves it, with their reasons', async () => {
  const under = await ruleUnderTest(world, team);
  expect(await under.evaluateAt(T0, 11)).toBe(1);
  expect(await under.instances()).toMatchObject([{ state: 'firing', severity: 'critical', value: 11 }]);
  expect(await under.alerts()).toMatchObject([{ status: 'active', severity: 'critical', source: 'rule' }]);
  await under.evaluateAt(T0 + MINUTE, 9);
  expect(await under.instances()).toEqual([]);
  expect(await under.alerts()).toMatchObject([{ status: 'resolved', resolveReason: 'back to normal' }]);
  const [alert] = await under.alerts();
  expect(await under.transitions()).toMatchObject([
    {
      fromState: 'normal',
      toState: 'firing',
      alertId: alert?.id,
      reason: '11 per minute is over 10 per minute',
    },
    { fromState: 'firing', toState: 'normal', alertId: alert?.id, reason: 'back to normal' },
  ]);
});

test('reliability F10: a bus that never answers holds up neither an evaluation nor what follows it', async () => {
  const under = await ruleUnderTest(world, team);
  const { id: channelId } = await makeChannel(world, under.teamId);
  await world.db
    .insert(alertRoutes)
    .values({ teamId: under.teamId, position: 1, name: 'all', channelIds: [channelId], groupWaitMs: 0 });
  const bus = commandContext(world).bus;
  const hanging = { ...bus, publish: () => new Promise<never>(() => {}) };
  expect(await under.evaluateAt(T0, 11, { bus: hanging })).toBe(1);
  await groupLoop({ db: world.db, bus: hanging }).step(never);
  await runAlertTimers(world.db, hanging);
  const sent = await world.sql`select reason from notifications where team_id = ${under.teamId}`;
  expect(sent).toMatchObject([{ reason: 'first' }]);
});

test('alerting S5: while it is only kept open it is shown as recovering, counts for nobody, and says so live', async () => {
  const under = await ruleUnderTest(world, { ...team, keepFiringForSeconds: 300 });
  const asked = { context: commandContext(world), actor: userActor(under.teamId, 'viewer') };
  const shown = async () => (await ask(asked.context, asked.actor, listAlerts, {})).items;
  const versions = () =>
    under.published.flatMap(([, payload]) => (payload === '' ? [] : [JSON.parse(payload).version as number]));
  await under.evaluateAt(T0, 11);
  expect(await shown()).toMatchObject([{ status: 'active', recovering: null }]);
  await under.evaluateAt(T0 + MINUTE, 9);
  const since = (await under.row()).lastSlotAt?.getTime() ?? 0;
  expect(await shown()).toMatchObject([{ status: 'active', recovering: { since, until: since + 300_000 } }]);
  const counts = await ask(asked.context, asked.actor, countAlerts, {});
  expect(counts).toMatchObject({ active: 1, recovering: 1, bySeverity: { critical: 0 } });
  await under.evaluateAt(T0 + 2 * MINUTE, 11);
  const [alert] = await shown();
  expect(alert).toMatchObject({ recovering: null });
  expect(versions()).toEqual([1, 2, 3]);
  const { events } = await ask(asked.context, asked.actor, getAlert, { id: alert?.id });
  expect(events.map(({ kind, note }) => [kind, note])).toEqual([
    ['opened', '11 per minute is over 10 per minute'],
    ['updated', 'back to normal, kept open for 5 min in case it comes back'],
    ['updated', '11 per minute is over 10 per minute'],
  ]);
});

test('alerting S27: data that is missing because no receiver was up is held against nobody', async () => {
  const listened = async (fromMs: number, toMs: number) => {
    await world.db.delete(receptions);
    await world.db.insert(receptions).values({ fromAt: new Date(fromMs), toAt: new Date(toMs) });
  };
  const under = await ruleUnderTest(world, { ...team, noData: 'alerting' });
  try {
    await listened(T0 - 10 * HOUR, T0 - HOUR);
    await under.evaluateAt(T0, null);
    expect([await statesOf(under), await statusesOf(under)]).toEqual([[], []]);
    await listened(T0 - 10 * HOUR, T0 + HOUR);
    await under.evaluateAt(T0 + MINUTE, null);
    expect(await statusesOf(under)).toEqual(['active']);
  } finally {
    await listened(0, T0 + 1000 * HOUR);
  }
});

test('alerting S1: a pending breach leaves a state and a transition, and no alert', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 120 });
  await under.evaluateAt(T0, 11);
  expect(await under.instances()).toMatchObject([{ state: 'pending', alertId: null }]);
  expect(await under.transitions()).toMatchObject([{ fromState: 'normal', toState: 'pending' }]);
  expect([await under.alerts(), under.published]).toEqual([[], []]);
});

test('alerting S4: one clear evaluation ends what was pending, tells nobody, and the next breach holds from zero', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 120 });
  await under.evaluateAt(T0, 11);
  await under.evaluateAt(T0 + MINUTE, 9);
  expect(await under.instances()).toEqual([]);
  for (const minute of [2, 3]) await under.evaluateAt(T0 + minute * MINUTE, 11);
  expect(await statesOf(under)).toEqual(['pending']);
  expect([await under.alerts(), under.published]).toEqual([[], []]);
  await under.evaluateAt(T0 + 4 * MINUTE, 11);
  expect(await statesOf(under)).toEqual(['firing']);
  expect((await under.transitions()).map(({ fromState, toState }) => `${fromState} > ${toState}`)).toEqual([
    'normal > pending',
    'pending > normal',
    'normal > pending',
    'pending > firing',
  ]);
});

test('alerting S8: series that become one fail the whole evaluation: what fires is as it was, and the rule says why', async () => {
  const under = await ruleUnderTest(world, { ...team, groupBy: 'agent' });
  for (let i = 0; i < 2; i++) await makeAgent(world, under.teamId);
  await under.evaluateAt(T0, 11);
  const before = await under.instances();
  const definition = ruleDefinitionSchema.parse({ ...team, groupBy: 'agent', labels: { agent: 'same' } });
  await world.db.update(alertRules).set({ definition, version: 2 }).where(eq(alertRules.id, under.rule.id));
  await under.evaluateAt(T0 + MINUTE, 1);
  expect(await under.instances()).toEqual(before);
  expect((await under.alerts()).filter(({ source }) => source === 'rule')).toMatchObject([
    { status: 'active' },
    { status: 'active' },
  ]);
  expect(await under.row()).toMatchObject({
    ...{ health: 'error', healthReason: expect.stringContaining('two series have the labels') },
  });
});

test('alerting S13: a source that fails changes nothing of what its series were', async () => {
  const under = await ruleUnderTest(world, { ...team, onError: 'keep-last' });
  await under.evaluateAt(T0, 11);
  const [before, alert] = [await under.instances(), await under.alerts()];
  const told = under.published.length;
  await under.evaluateAt(T0 + MINUTE, new Error('away'));
  expect(await under.instances()).toEqual(before);
  expect(await under.alerts()).toEqual(alert);
  expect([(await under.transitions()).length, under.published.length]).toEqual([1, told]);
  expect(await under.row()).toMatchObject({ health: 'error' });
});

test('alerting S6, S7: an alert begins when it fired and not when it was pending, and follows values and words under one identity', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 120, message: 'now {{ value }}' });
  await under.evaluateAt(T0, 11);
  const pendingSince = (await under.row()).lastSlotAt?.getTime() ?? 0;
  await under.evaluateAt(T0 + 2 * MINUTE, 12);
  const [fired] = await under.alerts();
  expect(fired).toMatchObject({ status: 'active', value: 12, message: 'now 12 per minute' });
  expect(fired?.startsAt).toEqual(new Date(pendingSince + 2 * MINUTE));
  await under.evaluateAt(T0 + 3 * MINUTE, 13);
  const { id, fingerprint, startsAt } = fired ?? expect.fail('nothing fired');
  const later = await under.alerts();
  expect(later).toMatchObject([{ id, fingerprint, startsAt, value: 13, message: 'now 13 per minute' }]);
});

test('alerting S11: an alert that is held after its rule was changed says the threshold that it was beyond', async () => {
  const recovery = { critical: 5 };
  const under = await ruleUnderTest(world, { ...team, recovery });
  await under.evaluateAt(T0, 15);
  const definition = ruleDefinitionSchema.parse({ ...team, recovery, levels: { critical: 20 } });
  await world.db.update(alertRules).set({ definition, version: 2 }).where(eq(alertRules.id, under.rule.id));
  for (const minute of [1, 2]) await under.evaluateAt(T0 + minute * MINUTE, 15 - minute);
  const message = '13 per minute, was over 10 per minute; recovers under 5 per minute';
  expect(await under.alerts()).toMatchObject([{ status: 'active', message }]);
});

test('alerting S9: a rule over its limit keeps what fires, is unhealthy and raises one alert about itself', async () => {
  const under = await ruleUnderTest(world, { ...team, groupBy: 'agent', instanceLimit: 2 });
  for (let i = 0; i < 3; i++) await makeAgent(world, under.teamId);
  await under.evaluateAt(T0, (_, group) => (group < 2 ? 11 : 1));
  await under.evaluateAt(T0 + MINUTE, 11);
  await under.evaluateAt(T0 + 2 * MINUTE, 11);
  expect(await statesOf(under)).toEqual(['firing', 'firing']);
  expect(await under.row()).toMatchObject({ health: 'error' });
  const meta = (await under.alerts()).filter(({ source }) => source === 'system');
  expect(meta).toMatchObject([{ status: 'active', labels: { alertname: 'RuleUnhealthy' } }]);
  await under.evaluateAt(T0 + 3 * MINUTE, (_, group) => (group < 2 ? 11 : 1));
  expect(await under.row()).toMatchObject({ health: 'ok', healthReason: '' });
  expect((await under.alerts()).find(({ source }) => source === 'system')?.status).toBe('resolved');
});

test('alerting S15: a source that fails is asked three times, then it is an error', async () => {
  const under = await ruleUnderTest(world, team);
  await under.evaluateAt(T0, new Error('away'));
  expect(under.source.asked).toHaveLength(3);
  expect(await under.row()).toMatchObject({ health: 'error', healthReason: 'away' });
  expect(await under.alerts()).toMatchObject([{ labels: { alertname: 'DatasourceError' } }]);
});

test('alerting S15: a source that does not answer in time is an error', async () => {
  const under = await ruleUnderTest(world, team);
  const silent = { measureWindows: () => new Promise<never>(() => {}) };
  await under.evaluateAt(T0, null, { metrics: silent, patience: { timeoutMs: 20, attempts: 3 } });
  expect(await under.row()).toMatchObject({ health: 'error', healthReason: 'no answer within 20 ms' });
});

test('alerting S21: data is asked for up to the offset before the slot, on whole windows', async () => {
  const under = await ruleUnderTest(world, { ...team, offsetSeconds: 30, windowSeconds: 300 });
  await under.evaluateAt(T0, 1);
  const slot = (await under.row()).lastSlotAt?.getTime() ?? 0;
  const [window] = under.source.asked[0]?.query.windows ?? [];
  expect(window?.to).toBe(Math.floor((slot - 30_000) / 10_000) * 10_000);
  expect((window?.to ?? 0) - (window?.from ?? 0)).toBe(300_000);
});

test('alerting S22: a restart evaluates at the same phase', async () => {
  const under = await ruleUnderTest(world, team);
  const slots: number[] = [];
  for (const [at, upSinceMs] of [
    [T0, 0],
    [T0 + 5 * MINUTE + 17_000, T0 + 5 * MINUTE],
    [T0 + 9 * MINUTE + 44_000, T0 + 9 * MINUTE],
  ] as const) {
    await under.evaluateAt(at, 1, { upSinceMs });
    slots.push((await under.row()).lastSlotAt?.getTime() ?? 0);
  }
  expect(new Set(slots.map((slot) => slot % MINUTE)).size).toBe(1);
});

test('alerting S6, S22: what a new rule finds began no earlier than the rule was saved, then the grid goes on', async () => {
  const under = await ruleUnderTest(world, { ...team, intervalSeconds: 3600 });
  const slot = slotAt({ intervalSeconds: 3600, phaseMs: (await under.row()).offsetMs }, T0);
  const saved = slot + 20 * MINUTE;
  await world.db.update(alertRules).set({ updatedAt: new Date(saved) });
  await under.evaluateAt(saved + 1000, 11);
  expect(await under.alerts()).toMatchObject([{ startsAt: new Date(saved) }]);
  expect(await under.row()).toMatchObject({ nextSlotAt: new Date(slot + HOUR) });
  await under.evaluateAt(slot + HOUR + 1000, 11);
  expect(await under.row()).toMatchObject({ lastSlotAt: new Date(slot + HOUR), missedSlots: 0 });
});

test('alerting S23: after a stall of ten minutes there is one evaluation, and nine slots are counted as missed', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 300 });
  await under.evaluateAt(T0, 11);
  const asked = under.source.asked.length;
  await under.evaluateAt(T0 + 10 * MINUTE, 11);
  expect(await under.evaluateAt(T0 + 10 * MINUTE, 11)).toBe(0);
  expect(under.source.asked).toHaveLength(asked + 1);
  expect(await under.row()).toMatchObject({ missedSlots: 9 });
  expect(await statesOf(under)).toEqual(['firing']);
});

test('alerting S24: of several workers one evaluates a rule, and a slot is evaluated once', async () => {
  const under = await ruleUnderTest(world, team);
  await setDatabaseClock(world, T0);
  under.source.says = 11;
  const done = await Promise.all(Array.from({ length: 8 }, () => evaluateRules(under.tools, never)));
  expect(done.reduce((a, b) => a + b)).toBe(1);
  expect(under.source.asked).toHaveLength(1);
  expect(await under.transitions()).toHaveLength(1);
});

/** A source that says when it was asked, and answers when it is let. */
function hangingSource(value: number) {
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const measureWindows = async () => {
    asked.resolve();
    await answered.promise;
    return { values: [[value]], counts: [[1]] };
  };
  return { metrics: { measureWindows }, asked: asked.promise, answer: answered.resolve };
}

test('alerting S24: what was decided under a lost claim is not written', async () => {
  const under = await ruleUnderTest(world, team);
  const slow = hangingSource(11);
  const patience = { timeoutMs: 30_000, attempts: 1 };
  const first = under.evaluateAt(T0, null, { metrics: slow.metrics, patience });
  await slow.asked;
  await setDatabaseClock(world, T0 + 3 * MINUTE);
  expect(await evaluateRules({ ...under.tools, metrics: scriptedSource(1) }, never)).toBe(1);
  slow.answer();
  await first;
  expect([await under.instances(), await under.alerts()]).toEqual([[], []]);
});

test('alerting S24: a worker that is slow keeps its rule for as long as it lives', async () => {
  const under = await ruleUnderTest(world, team);
  const slow = hangingSource(11);
  const first = under.evaluateAt(T0, null, { metrics: slow.metrics, renewEveryMs: 10 });
  await slow.asked;
  for (const passedMs of [20_000, 40_000, 60_000]) {
    await setDatabaseClock(world, T0 + passedMs);
    await expect
      .poll(async () => (await under.row())?.leaseUntil?.getTime(), { timeout: 15_000 })
      .toBeGreaterThan(T0 + passedMs + 20_000);
  }
  expect(await evaluateRules({ ...under.tools, metrics: scriptedSource(1) }, never)).toBe(0);
  slow.answer();
  await first;
  expect(await statesOf(under)).toEqual(['firing']);
  expect(await under.row()).toMatchObject({ leaseUntil: null });
});

test('alerting S24: the rule of a worker that was killed is evaluated by another half a minute later', async () => {
  const under = await ruleUnderTest(world, team);
  await setDatabaseClock(world, T0);
  expect(await claimRules(world.db, 10)).toHaveLength(1);
  expect(await under.evaluateAt(T0 + 29_000, 11)).toBe(0);
  expect(await under.evaluateAt(T0 + 31_000, 11)).toBe(1);
  expect(await statesOf(under)).toEqual(['firing']);
});

test('alerting S24: an edit during the evaluation wins, and the new version is evaluated at once', async () => {
  const under = await ruleUnderTest(world, team);
  const edited = async () => {
    await world.db.update(alertRules).set({ version: 2 }).where(eq(alertRules.id, under.rule.id));
    return { values: [[11]], counts: [[1]] };
  };
  await under.evaluateAt(T0, null, { metrics: { measureWindows: edited } });
  expect(await under.instances()).toEqual([]);
  expect(await under.evaluateAt(T0, 11)).toBe(1);
  expect(await under.transitions()).toMatchObject([{ ruleVersion: 2 }]);
});

test('alerting S25: pending goes on after a restart, without the time that nobody evaluated', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 600 });
  await under.evaluateAt(T0, 11);
  await under.evaluateAt(T0 + 5 * MINUTE, 11);
  const up = { upSinceMs: T0 + 20 * MINUTE };
  await under.evaluateAt(T0 + 21 * MINUTE, 11, up);
  expect(await statesOf(under)).toEqual(['pending']);
  await under.evaluateAt(T0 + 24 * MINUTE, 11, up);
  expect(await statesOf(under)).toEqual(['pending']);
  await under.evaluateAt(T0 + 25 * MINUTE, 11, up);
  expect(await statesOf(under)).toEqual(['firing']);
});

test('alerting S26: what fires over a restart opens nothing, resolves nothing and keeps its value', async () => {
  const under = await ruleUnderTest(world, team);
  await under.evaluateAt(T0, 11);
  const [before] = await under.instances();
  const announced = under.published.length;
  await under.evaluateAt(T0 + 2 * HOUR, 11, { upSinceMs: T0 + 2 * HOUR - 1000 });
  expect(await under.instances()).toMatchObject([{ firedAt: before?.firedAt, value: 11, state: 'firing' }]);
  expect(await statusesOf(under)).toEqual(['active']);
  expect(under.published).toHaveLength(announced);
});

test('alerting S27: a source that is away at the first evaluation after a restart resolves nothing', async () => {
  const under = await ruleUnderTest(world, team);
  await under.evaluateAt(T0, 11);
  await under.evaluateAt(T0 + HOUR, new Error('away'), { upSinceMs: T0 + HOUR - 1000 });
  expect((await under.alerts()).map(({ status, labels }) => [labels.alertname, status])).toEqual([
    [under.rule.name, 'active'],
    ['DatasourceError', 'active'],
  ]);
});

test('alerting S28: the clock of the worker decides nothing', async () => {
  // The database says 2020, five years before the clock of this process: slots and times are the database's.
  const past = Date.UTC(2020, 0, 1);
  const under = await ruleUnderTest(world, { ...team, forSeconds: 120 });
  await under.evaluateAt(past, 11);
  await under.evaluateAt(past + 2 * MINUTE, 11);
  const [instance] = await under.instances();
  expect(instance?.state).toBe('firing');
  expect((instance?.firedAt?.getTime() ?? 0) - past).toBeLessThanOrEqual(2 * MINUTE);
  const [alert] = await under.alerts();
  expect(alert?.createdAt.getUTCFullYear()).toBe(2020);
});

test('alerting S29: a clock that goes back an hour freezes nothing and opens nothing anew', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 180 });
  await under.evaluateAt(T0, 11);
  await under.evaluateAt(T0 + MINUTE, 11);
  expect(await under.evaluateAt(T0 + 2 * MINUTE - HOUR, 11)).toBe(1);
  expect(await statesOf(under)).toEqual(['pending']);
  await under.evaluateAt(T0 + 3 * MINUTE - HOUR, 11);
  expect(await statesOf(under)).toEqual(['firing']);
  await under.evaluateAt(T0 + 4 * MINUTE - 2 * HOUR, 12);
  expect(await statusesOf(under)).toEqual(['active']);
  await under.evaluateAt(T0 + 5 * MINUTE - 2 * HOUR, 1);
  expect(await statusesOf(under)).toEqual(['resolved']);
});

test('alerting S29: a claim that was made before the clock went back binds nobody', async () => {
  const under = await ruleUnderTest(world, team);
  await setDatabaseClock(world, T0);
  expect(await claimRules(world.db, 10)).toHaveLength(1);
  expect(await under.evaluateAt(T0 + 1000, 11)).toBe(0);
  expect(await under.evaluateAt(T0 - HOUR, 11)).toBe(1);
  expect(await statesOf(under)).toEqual(['firing']);
});

test('alerting S29: a clock that jumps ahead an hour fires once what is due', async () => {
  const under = await ruleUnderTest(world, { ...team, forSeconds: 600 });
  await under.evaluateAt(T0, 11);
  await under.evaluateAt(T0 + HOUR, 11);
  await under.evaluateAt(T0 + HOUR + MINUTE, 11);
  expect(await statusesOf(under)).toEqual(['active']);
});

test('reliability F38: a rule that can not be read is unhealthy, and the others run', async () => {
  const under = await ruleUnderTest(world, team);
  const broken = await insertRule(world, under.teamId, team);
  await world.db
    .update(alertRules)
    .set({ definition: { type: 'nonsense' } })
    .where(eq(alertRules.id, broken.id));
  expect(await under.evaluateAt(T0, 11)).toBe(2);
  expect(await statesOf(under)).toEqual(['firing']);
  const [row] = await world.db.select().from(alertRules).where(eq(alertRules.id, broken.id));
  expect(row).toMatchObject({ health: 'error', healthReason: expect.stringContaining("can't be read") });
  expect(row?.lastSlotAt).not.toBeNull();
  const about = await world.db
    .select()
    .from(alerts)
    .where(eq(alerts.sourceId, `rule:${broken.id}`));
  expect(about).toMatchObject([{ status: 'active', source: 'system' }]);
});

test('rules that ask the same question ask it once', async () => {
  const under = await ruleUnderTest(world, { ...team, intervalSeconds: 1 });
  for (let i = 0; i < 9; i++) {
    await insertRule(
      world,
      under.teamId,
      { ...team, intervalSeconds: 1, levels: { critical: i } },
      { offsetMs: 0 },
    );
  }
  await world.db.update(alertRules).set({ offsetMs: 0 });
  await under.evaluateAt(T0, 20);
  expect(under.source.asked).toHaveLength(1);
  expect(await statusesOf(under)).toHaveLength(10);
});

test.each([
  [{ enabled: false }, 'the rule was switched off'],
  [{ deletedAt: new Date(T0) }, 'the rule was deleted'],
])('what a rule left is resolved once it is over: %j', async (change, reason) => {
  const under = await ruleUnderTest(world, team);
  await under.evaluateAt(T0, 11);
  await world.db.update(alertRules).set(change).where(eq(alertRules.id, under.rule.id));
  expect(await retireRules(under.tools, 10)).toBe(1);
  expect(await retireRules(under.tools, 10)).toBe(0);
  expect(await under.instances()).toEqual([]);
  expect(await under.alerts()).toMatchObject([{ status: 'resolved', resolveReason: reason }]);
  expect((await under.transitions()).at(-1)).toMatchObject({ toState: 'normal', reason });
});

test('the alert about a rule that can not be evaluated ends with the rule', async () => {
  const under = await ruleUnderTest(world, team);
  await world.db.update(alertRules).set({ definition: {} }).where(eq(alertRules.id, under.rule.id));
  await under.evaluateAt(T0, 11);
  await world.db.update(alertRules).set({ enabled: false }).where(eq(alertRules.id, under.rule.id));
  expect(await retireRules(under.tools, 10)).toBe(1);
  expect(await under.alerts()).toMatchObject([{ source: 'system', status: 'resolved' }]);
});

/** A rule that fires, whose alerts are told to a channel and escalated to a person, who may also edit the rule. */
async function firingRule(definition: Parameters<typeof ruleUnderTest>[1] = team) {
  const under = await ruleUnderTest(world, definition);
  const { teamId } = under;
  const { id: userId, email, name } = await makeMember(world, teamId, 'admin');
  const actor = userActor(teamId, 'admin', { userId, email, name });
  const told = await startGroupReceiver(world);
  const { id: channelId } = await told.channel(teamId);
  const steps = [{ targets: [{ kind: 'user', id: userId }], delayMinutes: 5, hours: null }];
  const [policy] = await world.db
    .insert(escalationPolicies)
    .values({ teamId, name: 'all', steps })
    .returning();
  await world.db.insert(alertRoutes).values({
    ...{ teamId, position: 1, name: 'all', groupBy: ['alertname'], groupWaitMs: 0 },
    ...{ channelIds: [channelId], escalationPolicyId: policy?.id ?? '' },
  });
  const context = commandContext(world);
  /** What the channel is told by the loops of the worker at a moment. */
  const tick = async (ms: number) => {
    await setDatabaseClock(world, ms);
    await refreshMutes(world.db, context.bus);
    await flushGroups(world.db);
    return (await told.deliver(teamId)).map(({ reason }) => reason);
  };
  const edit = async (change: object) =>
    execute(context, actor, updateRule, { id: under.rule.id, ...change });
  await under.evaluateAt(T0, 11);
  expect(await tick(T0)).toEqual(['first']);
  return { under, teamId, actor, context, told, tick, edit };
}

test('alerting S7: a rule that is renamed while its alert is acknowledged keeps the alert, and nobody is told', async () => {
  const { under, actor, context, told, tick, edit } = await firingRule();
  const [before] = await under.alerts();
  const { id = '' } = before ?? {};
  await execute(context, actor, acknowledgeAlert, { id });
  const escalation = () => world.db.select().from(escalations).where(eq(escalations.alertId, id));
  const stopped = await escalation();
  await edit({ name: 'Renamed only' });
  await under.evaluateAt(T0 + MINUTE, 11);
  expect(await under.alerts()).toMatchObject([
    {
      ...{ id, status: 'acknowledged', acknowledgedBy: actor.userId, acknowledgedAt: expect.any(Date) },
      ...{ title: 'Renamed only', labels: { alertname: 'Renamed only' }, startsAt: before?.startsAt },
    },
  ]);
  expect(await under.instances()).toMatchObject([{ state: 'firing', alertId: id }]);
  expect(await escalation()).toEqual(stopped);
  expect(await tick(T0 + 6 * MINUTE)).toEqual([]);
  const { events } = await ask(context, actor, getAlert, { id });
  expect(events.map(({ kind, note }) => [kind, note])).toContainEqual(['updated', 'its rule was edited']);
  expect(under.published.some(([, payload]) => payload.includes('Renamed only'))).toBe(true);
  await under.evaluateAt(T0 + 7 * MINUTE, 9);
  expect(await under.alerts()).toMatchObject([{ id, status: 'resolved' }]);
  expect(await tick(T0 + 12 * MINUTE)).toEqual(['all_resolved']);
  await told.close();
});

test('alerting S7: an active alert under a new name or other labels of its rule is told once, and ends once', async () => {
  const { under, teamId, told, tick, edit } = await firingRule({ ...team, labels: { owner: 'us' } });
  const [before] = await under.alerts();
  await edit({ name: 'Another name', definition: { ...team, labels: { owner: 'them of {{ rule }}' } } });
  await under.evaluateAt(T0 + MINUTE, 11);
  const labels = { alertname: 'Another name', owner: 'them of Another name' };
  expect(await under.alerts()).toMatchObject([{ id: before?.id, status: 'active', labels }]);
  expect(await tick(T0 + 6 * MINUTE)).toEqual([]);
  expect(await world.db.select().from(alertGroups).where(eq(alertGroups.teamId, teamId))).toHaveLength(1);
  await under.evaluateAt(T0 + 7 * MINUTE, 9);
  expect(await statusesOf(under)).toEqual(['resolved']);
  expect(await tick(T0 + 12 * MINUTE)).toEqual(['all_resolved']);
  await told.close();
});

test('alerting S7, S16: the alert about data that is missing goes on under the new name of its rule too', async () => {
  const under = await ruleUnderTest(world, { ...team, noData: 'alert' });
  await under.evaluateAt(T0, null);
  const [before] = await under.alerts();
  const actor = userActor(under.teamId, 'admin');
  await execute(commandContext(world), actor, updateRule, { id: under.rule.id, name: 'Quiet' });
  await under.evaluateAt(T0 + MINUTE, null);
  const labels = { alertname: 'DatasourceNoData', rule: 'Quiet' };
  expect(await under.alerts()).toMatchObject([{ id: before?.id, status: 'active', labels }]);
});

test('alerting S7, S72: what was resolved by hand stays resolved when its rule is renamed, while it fires on', async () => {
  const { under, actor, context, told, tick, edit } = await firingRule();
  const [before] = await under.alerts();
  await execute(context, actor, resolveAlert, { id: before?.id ?? '' });
  await tick(T0 + MINUTE);
  await edit({ name: 'By another name' });
  await under.evaluateAt(T0 + 2 * MINUTE, 12);
  expect(await statusesOf(under)).toEqual(['resolved']);
  await told.close();
});

test('alerting S7: a silence of the new name of a rule keeps its renamed alert quiet', async () => {
  const { under, actor, context, told, tick, edit } = await firingRule();
  const silence = (value: string) =>
    execute(context, actor, createSilence, {
      ...{ matchers: [{ name: 'alertname', operator: '=', value }], comment: value },
      ...{ startsAt: T0, endsAt: T0 + 10 * HOUR },
    });
  await silence('Later');
  await tick(T0 + MINUTE);
  expect(await under.alerts()).toMatchObject([{ suppressedBy: [] }]);
  await edit({ name: 'Later' });
  await under.evaluateAt(T0 + 2 * MINUTE, 11);
  await tick(T0 + 2 * MINUTE);
  expect(await under.alerts()).toMatchObject([
    { suppressedBy: [{ kind: 'silence', name: expect.stringContaining('Later') }] },
  ]);
  await told.close();
});

test('alerting S7: another severity, runbook or message of a rule that fires keeps its alert', async () => {
  const { under, actor, context, told, tick, edit } = await firingRule();
  const [before] = await under.alerts();
  await execute(context, actor, acknowledgeAlert, { id: before?.id ?? '' });
  const runbookUrl = 'https://runbooks.example.test/slow';
  await edit({ definition: { ...team, runbookUrl, severities: { warning: 'info', critical: 'error' } } });
  await under.evaluateAt(T0 + MINUTE, 11);
  expect(await under.alerts()).toMatchObject([
    { id: before?.id, status: 'acknowledged', severity: 'error', runbookUrl },
  ]);
  expect(await tick(T0 + 6 * MINUTE)).toEqual([]);
  await told.close();
});
