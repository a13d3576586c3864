import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alerts } from '#db/schema/alerts.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { ask } from '#lib/command/define-query.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { getAlert } from './alert-queries.ts';
import { countAlerts, listAlerts } from './inbox-queries.ts';
import { raiseAlerts } from './raise-alerts.ts';
import { acknowledgeAlerts, resolveAlerts } from './take-alerts.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
let world: World;
let teamId: string;
let actor: UserActor;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  const { id, email, name } = await makeMember(world, teamId, 'developer');
  actor = userActor(teamId, 'developer', { userId: id, email, name });
});
afterAll(() => world.close());

/** Has a silence keep an alert quiet. */
const hush = (id: string) =>
  world.db
    .update(alerts)
    .set({ suppressedBy: [{ kind: 'silence', id: randomUUID(), name: 'deploy' }] })
    .where(eq(alerts.id, id));

/** Opens an alert that began so many minutes after T0. */
async function open(name: string, minutes: number, values: Partial<Finding> = {}): Promise<string> {
  const startsAt = new Date(T0 + minutes * 60_000);
  const finding = makeFinding({ labels: { alertname: name }, title: name, startsAt, ...values });
  const [changed] = await world.db.transaction((tx) => raiseAlerts(tx, teamId, [finding], startsAt));
  return changed?.alertId ?? '';
}

const take = (ids: string[], act: typeof acknowledgeAlerts | typeof resolveAlerts) =>
  world.db.transaction((tx) => act(tx, { actor, ids, via: 'web', note: '', at: new Date(T0) }));

const list = (input: unknown = {}) => ask(context, actor, listAlerts, input);
const titles = async (input: unknown = {}) => (await list(input)).items.map(({ title }) => title);

test('the most urgent come first, of equally urgent ones the latest; what is over is left out', async () => {
  await open('old warning', 0);
  await open('new warning', 5);
  await open('critical', 1, { severity: 'critical' });
  const over = await open('over', 6, { severity: 'critical' });
  await take([over], resolveAlerts);
  expect(await titles()).toEqual(['critical', 'new warning', 'old warning']);
  expect(await titles({ status: 'resolved' })).toEqual(['over']);
});

test('pages neither repeat nor leave out alerts that began at the same moment', async () => {
  for (let i = 0; i < 7; i++) await open(`alert ${i}`, 0);
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
});

test('a cursor of another list is refused as such', async () => {
  await expect(list({ cursor: 'bm90aGluZw' })).rejects.toMatchObject({ code: 'invalid' });
});

test('mine are those that were handed to me or that I acknowledged; text finds labels, too', async () => {
  const mine = await open('mine', 0);
  await open('other', 1, { labels: { alertname: 'other', region: 'eu_1' } });
  await take([mine], acknowledgeAlerts);
  expect(await titles({ assignee: 'me' })).toEqual(['mine']);
  expect(await titles({ assignee: 'none' })).toEqual(['other']);
  expect(await titles({ q: 'EU_1' })).toEqual(['other']);
  expect(await titles({ q: 'eu%1' })).toEqual([]);
});

test('counts tell active alerts by severity from those that are in hand', async () => {
  await open('a', 0, { severity: 'critical' });
  await open('b', 0);
  await take([await open('c', 0)], acknowledgeAlerts);
  expect(await ask(context, actor, countAlerts, {})).toEqual({
    active: 2,
    acknowledged: 1,
    suppressed: 0,
    recovering: 0,
    bySeverity: { info: 0, warning: 1, error: 0, critical: 1 },
  });
});

test('what is kept quiet stands after what needs somebody, page by page, and counts for no severity', async () => {
  await hush(await open('quiet critical', 0, { severity: 'critical' }));
  await hush(await open('quiet warning', 1));
  await open('heard warning', 2);
  await open('heard error', 3, { severity: 'error' });
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ limit: 1, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(['heard error', 'heard warning', 'quiet critical', 'quiet warning']);
  expect(await ask(context, actor, countAlerts, {})).toEqual({
    active: 4,
    acknowledged: 0,
    suppressed: 2,
    recovering: 0,
    bySeverity: { info: 0, warning: 1, error: 1, critical: 0 },
  });
});

test('one alert says who has it since when, with its timeline in order', async () => {
  const id = await open('a', 0);
  await take([id], acknowledgeAlerts);
  const alert = await ask(context, actor, getAlert, { id });
  expect(alert.acknowledged).toEqual({ by: actor.name, at: T0, expiresAt: null });
  expect(alert.events.map(({ kind }) => kind)).toEqual(['opened', 'acknowledged']);
});

test('security Z4: another team neither lists nor reads nor counts it', async () => {
  const id = await open('a', 0);
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  expect((await ask(context, stranger, listAlerts, {})).items).toEqual([]);
  expect((await ask(context, stranger, countAlerts, {})).active).toBe(0);
  await expect(ask(context, stranger, getAlert, { id })).rejects.toMatchObject({ code: 'not_found' });
});
