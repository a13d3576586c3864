import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memberships } from '#db/schema/members.ts';
import { alertRoutes } from '#db/schema/notifications.ts';
import { scheduleOverrides } from '#db/schema/on-call.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { registerDevice, removeDevice } from '#lib/notifications/devices/devices.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readCalendar, removeCalendar, rotateCalendar } from './calendar-verbs.ts';
import { createOverride, deleteOverride } from './override-verbs.ts';
import { listPolicies } from './policy-queries.ts';
import { createPolicy, deletePolicy, updatePolicy } from './policy-verbs.ts';
import { getSchedule, listOnCallPeople, whoIsOnCall } from './queries.ts';
import { createSchedule, deleteSchedule, updateSchedule } from './schedule-verbs.ts';

const NOW = Date.UTC(2026, 0, 7, 12);
const HOUR_MS = 3_600_000;

let world: World;
let teamId: string;
let anna: string;
let boris: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  await setDatabaseClock(world, NOW);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  boris = (await makeMember(world, teamId, 'developer', { name: 'Boris' })).id;
  context = commandContext(world);
});
afterAll(() => world.close());

const actor = (role: Role = 'developer', team = teamId) => userActor(team, role, { userId: anna });
const rotation = () => ({
  name: 'primary',
  participants: [anna, boris],
  startsAt: '2026-01-05T09:00',
  shift: { unit: 'days' as const, length: 1 },
});
const schedule = (name = 'Primary') =>
  execute(context, actor(), createSchedule, { name, timeZone: 'Europe/Berlin', rotations: [rotation()] });
const step = (kind: string, id: string) => ({ targets: [{ kind, id }], delayMinutes: 5 });
const policy = (...steps: object[]) =>
  execute(context, actor(), createPolicy, { name: `policy ${uuidv7()}`, steps, repeat: 0 });

/** Every verb about something that exists: what it is about, and its input beside the id. */
const VERBS = [
  [updateSchedule, 'schedule', { name: 'Renamed' }, 'schedule.update'],
  [deleteSchedule, 'schedule', {}, 'schedule.delete'],
  [rotateCalendar, 'schedule', {}, 'schedule.rotate-calendar'],
  [removeCalendar, 'schedule', {}, 'schedule.remove-calendar'],
  [updatePolicy, 'policy', { repeat: 2 }, 'escalation-policy.update'],
  [deletePolicy, 'policy', {}, 'escalation-policy.delete'],
] as const;
const made = async (kind: 'schedule' | 'policy') =>
  (await (kind === 'schedule' ? schedule() : policy(step('user', anna)))).id;

test.each(VERBS)(
  '$name leaves its row in the ledger, and is refused to a viewer',
  async (verb, kind, input, action) => {
    const id = await made(kind);
    await expect(execute(context, actor('viewer'), verb, { id, ...input })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await execute(context, actor(), verb, { id, ...input });
    expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([{ action, targetId: id, outcome: 'ok' }]);
  },
);

test.each(VERBS)('security Z4: $name finds nothing of another team', async (verb, kind, input) => {
  const id = await made(kind);
  const stranger = actor('admin', (await makeTeam(world)).id);
  await expect(execute(context, stranger, verb, { id, ...input })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('who is on call now and next, in names', async () => {
  await schedule();
  const report = await ask(context, actor('viewer'), whoIsOnCall, {});
  expect(report.schedules).toMatchObject([
    {
      name: 'Primary',
      now: { person: { name: 'Anna', isPresent: true }, startsAt: Date.UTC(2026, 0, 7, 8) },
      next: { person: { name: 'Boris' }, startsAt: Date.UTC(2026, 0, 8, 8) },
    },
  ]);
  const last = report.schedules[0]?.shifts.at(-1);
  expect(last?.endsAt).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 18, 23));
});

test('alerting S83: on the days on which the clock of its zone changes a schedule hands over once, at 09:00', async () => {
  const { id } = await schedule();
  const wall = new Intl.DateTimeFormat('sv', {
    ...{ timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' },
  });
  for (const sunday of ['2026-03-29', '2026-10-25']) {
    const from = Date.parse(`${sunday}T12:00:00Z`) - 36 * HOUR_MS;
    const range = { id, from, to: from + 72 * HOUR_MS };
    const { shifts } = await ask(context, actor('viewer'), getSchedule, range);
    const handOffs = shifts.slice(1).map(({ startsAt }) => wall.format(startsAt));
    const days = [-1, 0, 1].map((day) =>
      new Date(Date.parse(sunday) + day * 24 * HOUR_MS).toISOString().slice(0, 10),
    );
    expect(handOffs).toEqual(days.map((day) => `${day} 09:00`));
    const names = shifts.map(({ person }) => person?.name);
    expect(names.slice(1).every((name, i) => name !== names[i])).toBe(true);
  }
});

test('alerting S84: an override shows at once, and one that has begun ends instead of never having been', async () => {
  const { id } = await schedule();
  const stretch = { startsAt: NOW - HOUR_MS, endsAt: NOW + HOUR_MS };
  const made = await execute(context, actor(), createOverride, { scheduleId: id, userId: boris, ...stretch });
  const now = async () => (await ask(context, actor(), whoIsOnCall, {})).schedules[0]?.now?.person?.name;
  expect(await now()).toBe('Boris');
  await execute(context, actor(), deleteOverride, { id: made.id });
  expect(await now()).toBe('Anna');
  const [left] = await world.db.select().from(scheduleOverrides).where(eq(scheduleOverrides.id, made.id));
  expect(left?.endsAt.getTime()).toBe(NOW);
  await expect(execute(context, actor(), deleteOverride, { id: made.id })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('alerting S84: an override stands above a temporary schedule and that above the rotation, asked of the past, now or the future', async () => {
  const { id } = await schedule();
  const cleo = (await makeMember(world, teamId, 'developer', { name: 'Cleo' })).id;
  const stretch = { startsAt: NOW - 6 * HOUR_MS, endsAt: NOW + 30 * HOUR_MS };
  const temporary = { scheduleId: id, kind: 'temporary', userId: boris, ...stretch };
  await execute(context, actor(), createOverride, temporary);
  await world.sql`update schedules set created_at = ${new Date(NOW - 48 * HOUR_MS).toISOString()}::timestamptz`;
  for (const hours of [-5, 0, 20]) {
    const startsAt = NOW + hours * HOUR_MS;
    await execute(context, actor(), createOverride, {
      scheduleId: id,
      userId: cleo,
      startsAt,
      endsAt: startsAt + HOUR_MS,
    });
  }
  const at = async (hours: number) => {
    const from = NOW + hours * HOUR_MS;
    const { shifts } = await ask(context, actor('viewer'), getSchedule, { id, from, to: from + 1 });
    return shifts.map(({ person, source }) => `${person?.name} by ${source}`);
  };
  const hours = [-30, -20, -5.5, -5, -4, 0.5, 1, 20.5, 21, 31];
  const answers = await Promise.all(hours.map(at));
  expect(answers).toEqual([
    ['Anna by rotation'],
    ['Boris by rotation'],
    ['Boris by temporary'],
    ['Cleo by override'],
    ['Boris by temporary'],
    ['Cleo by override'],
    ['Boris by temporary'],
    ['Cleo by override'],
    ['Boris by temporary'],
    ['Boris by rotation'],
  ]);
  expect(await Promise.all(hours.map(at))).toEqual(answers);
});

test('alerting S95: who is on call and lost the last device is shown so, and who never had one is not', async () => {
  await schedule();
  const lost = async () => (await ask(context, actor('viewer'), whoIsOnCall, {})).schedules[0]?.now?.person;
  expect(await lost()).toMatchObject({ name: 'Anna', lostDevices: false });
  const device = { endpoint: 'https://push.example.test/1', p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) };
  const { id } = await execute(context, actor(), registerDevice, device);
  expect(await lost()).toMatchObject({ lostDevices: false });
  await execute(context, actor(), removeDevice, { id });
  expect(await lost()).toMatchObject({ name: 'Anna', lostDevices: true });
});

test('who is on call and may not acknowledge is shown so, by schedules and policies, with the role', async () => {
  const vic = (await makeMember(world, teamId, 'viewer', { name: 'Vic' })).id;
  const { id } = await execute(context, actor(), createSchedule, {
    name: 'Viewers',
    timeZone: 'UTC',
    rotations: [{ ...rotation(), participants: [vic, boris] }],
  });
  const { people } = await ask(context, actor('viewer'), getSchedule, { id });
  expect(people.map(({ name, mayAcknowledge, role }) => [name, mayAcknowledge, role]).sort()).toEqual([
    ['Boris', true, 'developer'],
    ['Vic', false, 'viewer'],
  ]);
  const choices = await ask(context, actor('viewer'), listOnCallPeople, {});
  expect(choices.filter(({ mayAcknowledge }) => !mayAcknowledge)).toMatchObject([
    { id: vic, role: 'viewer' },
  ]);
  await policy(step('user', vic), step('user', boris), step('schedule', id));
  expect(await ask(context, actor('viewer'), listPolicies, {})).toMatchObject([
    { unable: { [vic]: 'viewer' } },
  ]);
  await world.db.update(memberships).set({ role: 'developer' }).where(eq(memberships.userId, vic));
  expect(await ask(context, actor('viewer'), listPolicies, {})).toMatchObject([{ unable: {} }]);
});

test('a rotation begins in 1970 or later', async () => {
  const rotations = [{ ...rotation(), startsAt: '0001-01-01T00:00' }];
  const made = execute(context, actor(), createSchedule, { name: 'Old', timeZone: 'UTC', rotations });
  await expect(made).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'rotations.0.startsAt', message: 'Must be in 1970 or later.' }],
  });
});

test('a schedule shows where nobody is on call and where two are', async () => {
  const office = [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];
  const { id } = await execute(context, actor(), createSchedule, {
    name: 'Gaps',
    timeZone: 'UTC',
    rotations: [
      { ...rotation(), name: 'lower', restrictions: office },
      { ...rotation(), name: 'upper', restrictions: [{ weekdays: [4], from: '16:00', to: '18:00' }] },
    ],
  });
  const range = { from: Date.UTC(2026, 0, 8, 0), to: Date.UTC(2026, 0, 9, 0) };
  const detail = await ask(context, actor(), getSchedule, { id, ...range });
  const hours = (stretch: { startsAt: number; endsAt: number }) =>
    [stretch.startsAt, stretch.endsAt].map((ms) => (ms - range.from) / HOUR_MS);
  expect(detail.gaps.map(hours)).toEqual([
    [0, 9],
    [18, 24],
  ]);
  expect(detail.overlaps.map((one) => [one.upper, one.lower, ...hours(one)])).toEqual([
    ['upper', 'lower', 16, 17],
  ]);
});

test('a range at the end of all times is refused at its field', async () => {
  const { id } = await execute(context, actor(), createSchedule, {
    ...{ name: 'Late', timeZone: 'UTC', rotations: [rotation()] },
  });
  for (const from of [253_402_300_799_999, 253_402_300_799_999 - 92 * 24 * HOUR_MS])
    await expect(ask(context, actor(), getSchedule, { id, from })).rejects.toMatchObject({
      ...{ code: 'invalid', issues: [{ path: 'from' }] },
    });
});

test('a fresh schedule reports nobody missing before it was made', async () => {
  const startsAt = '2026-01-07T14:00';
  const rotations = [{ ...rotation(), startsAt }];
  const { id } = await execute(context, actor(), createSchedule, { name: 'x', timeZone: 'UTC', rotations });
  const range = { from: NOW - 48 * HOUR_MS, to: NOW + 24 * HOUR_MS };
  const detail = await ask(context, actor(), getSchedule, { id, ...range });
  expect(detail.gaps).toEqual([{ startsAt: NOW, endsAt: NOW + 2 * HOUR_MS }]);
  expect(detail.shifts[0]).toMatchObject({ person: null, startsAt: NOW });
});

test('security Z4: nobody of outside the team carries its pager, and no policy leads outside', async () => {
  const outsider = (await makeUser(world)).id;
  const foreign = { ...rotation(), participants: [outsider] };
  const input = { name: 'x', timeZone: 'UTC', rotations: [foreign] };
  await expect(execute(context, actor(), createSchedule, input)).rejects.toMatchObject({ code: 'invalid' });
  for (const target of [step('user', outsider), step('schedule', uuidv7()), step('channel', uuidv7())]) {
    await expect(policy(target)).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'steps' }] });
  }
});

test('what others lead to is not deleted from under them', async () => {
  const { id } = await schedule();
  const { id: policyId } = await policy(step('schedule', id));
  await world.db
    .insert(alertRoutes)
    .values({ id: uuidv7(), teamId, position: 0, name: 'all', escalationPolicyId: policyId });
  const conflict = { code: 'conflict' };
  await expect(execute(context, actor(), deleteSchedule, { id })).rejects.toMatchObject(conflict);
  await expect(execute(context, actor(), deletePolicy, { id: policyId })).rejects.toMatchObject(conflict);
  expect(await ask(context, actor(), listPolicies, {})).toMatchObject([
    { routes: 1, names: { [id]: 'Primary' } },
  ]);
});

test('of two edits of the same state one wins, and a name is taken once', async () => {
  const { id } = await schedule();
  const { updatedAt } = await ask(context, actor(), getSchedule, { id });
  const edits = ['A', 'B'].map((name) =>
    execute(context, actor(), updateSchedule, { id, name, ifUpdatedAt: updatedAt }),
  );
  const results = await Promise.allSettled(edits);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await schedule('Taken');
  await expect(schedule('Taken')).rejects.toMatchObject({ code: 'conflict' });
});

test('a calendar has one secret address at a time, and none of it is stored', async () => {
  const { id } = await schedule();
  const tokens: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { path } = await execute(context, actor(), rotateCalendar, { id });
    tokens.push(path.split('/').at(-1) ?? '');
  }
  const [former = '', present = ''] = tokens;
  expect(await readCalendar(world.db, former)).toBeNull();
  expect(await readCalendar(world.db, present)).toContain('SUMMARY:Anna on call: Primary');
  expect(JSON.stringify(await listAuditRows(world.db, teamId, 10))).not.toContain(present);
  await execute(context, actor(), removeCalendar, { id });
  expect(await readCalendar(world.db, present)).toBeNull();
});
