import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertEvents, alerts } from '#db/schema/alerts.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { raiseAlerts } from './raise-alerts.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (minutes: number): Date => new Date(T0 + minutes * 60_000);
let world: World;
let teamId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
});
afterAll(() => world.close());

const raise = (minutes: number, ...findings: Finding[]) =>
  world.db.transaction((tx) => raiseAlerts(tx, teamId, findings, at(minutes)));
const stored = () =>
  world.db.select().from(alerts).where(eq(alerts.teamId, teamId)).orderBy(alerts.createdAt, alerts.id);
const change = (values: Partial<typeof alerts.$inferInsert>) =>
  world.db.update(alerts).set(values).where(eq(alerts.teamId, teamId));
const firing = (minutes: number, values: Partial<Finding> = {}) =>
  makeFinding({ startsAt: at(minutes), ...values });
const over = (minutes: number, values: Partial<Finding> = {}) =>
  makeFinding({ startsAt: at(0), endsAt: at(minutes), firing: false, ...values });

test('alerting S63: a finding opens an alert once, its end resolves it once, and repeats change nothing', async () => {
  expect(await raise(0, firing(0))).toMatchObject([{ change: 'opened', alert: { status: 'active' } }]);
  expect(await raise(1, firing(0))).toEqual([]);
  expect(await raise(2, over(2))).toMatchObject([{ change: 'resolved', alert: { status: 'resolved' } }]);
  expect(await raise(3, over(2))).toEqual([]);
  expect(await stored()).toMatchObject([
    { status: 'resolved', resolvedAt: at(2), resolveReason: 'threshold' },
  ]);
  const events = await world.db.select().from(alertEvents).where(eq(alertEvents.teamId, teamId));
  expect(events.map(({ kind }) => kind).sort()).toEqual(['opened', 'resolved']);
});

test('alerting S77: what fires again after its end is a new alert, and the acknowledgement does not carry over', async () => {
  await raise(0, firing(0));
  await change({ status: 'acknowledged', acknowledgedAt: at(1) });
  await raise(2, over(2));
  await raise(3, firing(3));
  const [first, second] = await stored();
  expect([first?.status, second?.status, second?.acknowledgedAt]).toEqual(['resolved', 'active', null]);
});

test('alerting S65: firing again after the stored end is a new occurrence although nobody closed the old one', async () => {
  await raise(0, firing(0, { endsAt: at(5), endsByTimeout: true }));
  const changed = await raise(7, firing(6, { endsAt: at(12), endsByTimeout: true }));
  expect(changed.map(({ change }) => change)).toEqual(['resolved', 'opened']);
  expect(await stored()).toMatchObject([
    { status: 'resolved', resolveReason: 'replaced', endsAt: at(5) },
    { status: 'active', startsAt: at(6) },
  ]);
});

test('alerting S76: an acknowledged alert that goes on stays acknowledged; a higher severity makes it active again', async () => {
  await raise(0, firing(0));
  await change({ status: 'acknowledged', acknowledgedAt: at(1) });
  expect(await raise(2, firing(0, { value: 7 }))).toEqual([]);
  expect(await stored()).toMatchObject([{ status: 'acknowledged', value: 7 }]);
  const changed = await raise(3, firing(0, { severity: 'critical' }));
  expect(changed).toMatchObject([{ change: 'severity_raised', alert: { severity: 'critical' } }]);
  expect(await stored()).toMatchObject([{ status: 'active', acknowledgedAt: null }]);
});

test('what a person resolved stays resolved until its source saw the end of it', async () => {
  await raise(0, firing(0));
  await change({ status: 'resolved', resolvedAt: at(2), resolveReason: 'by_hand' });
  expect(await raise(3, firing(0))).toEqual([]);
  expect(await raise(4, firing(4))).toMatchObject([{ change: 'opened' }]);
});

test('an alert that opens for the fifth time within an hour is marked as flapping, with a row in its timeline', async () => {
  for (let i = 0; i < 5; i++) {
    await raise(i * 4, firing(i * 4));
    await raise(i * 4 + 2, over(i * 4 + 2));
  }
  expect((await stored()).map(({ flapping }) => flapping)).toEqual([false, false, false, false, true]);
  const marks = await world.db.select().from(alertEvents).where(eq(alertEvents.kind, 'flapping'));
  expect(marks).toHaveLength(1);
});

test('findings about the same alert at the same time open it once', async () => {
  const changes = await Promise.all(Array.from({ length: 8 }, () => raise(0, firing(0))));
  expect(changes.flat()).toHaveLength(1);
  expect(await stored()).toHaveLength(1);
});

test('what cannot be opened fails the whole, and is not left out in silence', async () => {
  await world.ownerSql.unsafe(`
    create function leave_out() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger leave_out before insert on alerts for each row when (new.title = 'Unlucky')
      execute function leave_out();`);
  const both = raise(0, firing(0, { title: 'Unlucky' }), firing(0, { labels: { alertname: 'Other' } }));
  await expect(both).rejects.toThrow('1 alerts could not be opened');
  await world.ownerSql.unsafe('drop trigger leave_out on alerts; drop function leave_out()');
  expect(await stored()).toEqual([]);
});

test('10,000 findings are opened, repeated and resolved in seconds', async () => {
  const many = (values: Partial<Finding>) =>
    Array.from({ length: 10_000 }, (_, i) =>
      makeFinding({ startsAt: at(0), labels: { alertname: 'Storm', agent: `agent-${i}` }, ...values }),
    );
  const startedAt = performance.now();
  expect(await raise(0, ...many({}))).toHaveLength(10_000);
  const openedAt = performance.now();
  expect(await raise(1, ...many({ value: 2 }))).toHaveLength(0);
  const repeatedAt = performance.now();
  expect(await raise(2, ...many({ firing: false, endsAt: at(2) }))).toHaveLength(10_000);
  const endedAt = performance.now();
  process.stdout.write(
    `10,000 findings: open ${Math.round(openedAt - startedAt)} ms, repeat ${Math.round(repeatedAt - openedAt)} ms, resolve ${Math.round(endedAt - repeatedAt)} ms\n`,
  );
  expect(openedAt - startedAt).toBeLessThan(30_000);
}, 60_000);
