import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OverrideRule, Rotation } from '#lib/model/on-call.ts';
import { DAY_MS, formatWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';
import { resolveOnCall, shiftsBetween } from './who-is-on-call.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'America/Santiago',
  'Pacific/Chatham',
];
const [ANNA, BORIS, CHLOE, DIMA] = ['anna', 'boris', 'chloe', 'dima'];
const rotation = (values: Partial<Rotation> = {}): Rotation => ({
  name: 'primary',
  participants: ['anna', 'boris', 'chloe'],
  startsAt: '2025-12-01T09:00',
  endsAt: null,
  shift: { unit: 'days', length: 1 },
  restrictions: [],
  ...values,
});
const schedule = (timeZone: string, ...rotations: Rotation[]) => ({ timeZone, rotations });
const at = (iso: string) => Date.parse(iso);
const who = (rules: ReturnType<typeof schedule>, iso: string, overrides: OverrideRule[] = []) =>
  resolveOnCall(rules, overrides, at(iso)).userId;
const override = (values: Partial<OverrideRule>): OverrideRule => ({
  id: 'o1',
  kind: 'override',
  userId: 'dima',
  replacesUserId: null,
  startsAt: at('2026-01-05T00:00:00Z'),
  endsAt: at('2026-01-06T00:00:00Z'),
  createdAt: 0,
  ...values,
});

test('alerting S83: the hand-off stays at 09:00 local time across both changes of the clock', () => {
  const rules = schedule('Europe/Berlin', rotation());
  for (const [from, to] of [
    ['2026-03-27', '2026-04-01'],
    ['2026-10-23', '2026-10-28'],
  ]) {
    const shifts = shiftsBetween(rules, [], at(`${from}T00:00:00Z`), at(`${to}T00:00:00Z`));
    const local = shifts.map((shift) =>
      formatWallTime(wallTimeAt('Europe/Berlin', shift.startsAt)).slice(11),
    );
    expect(new Set(local)).toEqual(new Set(['09:00']));
    expect(shifts.length).toBeGreaterThan(4);
  }
});

test('alerting S83: days of 23 and of 25 hours have exactly one hand-off, also at a skipped or repeated time', () => {
  for (const time of ['00:00', '02:30', '03:00', '09:00']) {
    const rules = schedule('Europe/Berlin', rotation({ startsAt: `2025-12-01T${time}` }));
    for (const [day, hours] of [
      ['2026-03-29', 23],
      ['2026-10-25', 25],
    ] as const) {
      const from = at(`${day}T00:00:00Z`) - (hours === 23 ? 1 : 2) * 3_600_000;
      const starts = shiftsBetween(rules, [], from, from + hours * 3_600_000).map((shift) => shift.startsAt);
      expect(starts.filter((start) => start >= from && start < from + hours * 3_600_000)).toHaveLength(1);
    }
  }
});

test('alerting S83: through the repeated hour whoever took over stays on call, minute by minute', () => {
  for (const time of ['02:00', '02:30', '02:59', '09:00']) {
    const rules = schedule('Europe/Berlin', rotation({ startsAt: `2025-12-01T${time}` }));
    for (const day of ['2026-03-29', '2026-10-25']) {
      const from = at(`${day}T00:00:00Z`) - 2 * 3_600_000;
      const keys = Array.from({ length: 25 * 60 }, (_, i) => resolveOnCall(rules, [], from + i * 60_000).key);
      const changes = keys.filter((key, i) => i > 0 && key !== keys[i - 1]);
      expect(changes.length).toBe(new Set(keys).size - 1);
    }
  }
});

test.each(ZONES)(
  'alerting S84: in %s a full rotation has exactly one answer at every instant of two years',
  (zone) => {
    const from = at('2026-01-01T00:00:00Z');
    const to = from + 730 * DAY_MS;
    const units = fc.constantFrom('hours' as const, 'days' as const, 'weeks' as const);
    const times = fc.constantFrom('00:00', '00:30', '01:59', '02:00', '02:30', '09:00');
    fc.assert(
      fc.property(
        units,
        fc.integer({ min: 1, max: 7 }),
        times,
        fc.array(fc.nat(730 * DAY_MS)),
        (unit, n, time, moments) => {
          const length = unit === 'hours' ? n * 6 : n;
          const rules = schedule(zone, rotation({ startsAt: `2025-12-01T${time}`, shift: { unit, length } }));
          const shifts = shiftsBetween(rules, [], from, to);
          const index = new Map(shifts.map((shift, i) => [shift.key, i]));
          expect(index.size).toBe(shifts.length);
          for (const [i, shift] of shifts.entries()) {
            expect(shift.userId).toBe(['anna', 'boris', 'chloe'][(Number(shift.key.split(':')[2]) ?? 0) % 3]);
            expect(shift.startsAt).toBe(shifts[i - 1]?.endsAt ?? shift.startsAt);
          }
          for (const moment of moments) {
            const answer = resolveOnCall(rules, [], from + moment);
            const covering = shifts.filter((s) => s.startsAt <= from + moment && s.endsAt > from + moment);
            expect(covering.map(({ key, userId }) => ({ key, userId }))).toEqual([
              { key: answer.key, userId: answer.userId },
            ]);
          }
        },
      ),
      { numRuns: 12 },
    );
  },
);

/** How many hand-offs the clock on the wall has passed, by walking through every quarter of an hour. */
function countedByWalking(zone: string, from: number, to: number, hand: (wall: string) => boolean): number[] {
  const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  let latest = format.format(from - 900_000);
  const hits: number[] = [];
  for (let now = from; now < to; now += 900_000) {
    const wall = format.format(now);
    if (wall <= latest) continue;
    for (let t = Date.parse(`${latest.replace(' ', 'T')}Z`) + 900_000; ; t += 900_000) {
      const text = new Date(t).toISOString().slice(0, 16).replace('T', ' ');
      if (text > wall) break;
      if (hand(text)) hits.push(now);
    }
    latest = wall;
  }
  return hits;
}

test('alerting S83: hand-offs are where somebody who watches the clock would put them', () => {
  for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe']) {
    for (const time of ['02:30', '09:00']) {
      const rules = schedule(zone, rotation({ startsAt: `2025-12-01T${time}` }));
      const [from, to] = [at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z')];
      const expected = countedByWalking(zone, from, to, (wall) => wall.endsWith(time));
      const starts = shiftsBetween(rules, [], from, to).map((shift) => shift.startsAt);
      expect(starts.filter((start) => start >= from)).toEqual(expected);
    }
  }
});

test('alerting S84: an override stands above a temporary schedule, which stands above the rotation', () => {
  const rules = schedule('UTC', rotation({ participants: ['anna'] }));
  const temporary = override({ id: 't1', kind: 'temporary', userId: 'boris', createdAt: 9 });
  const noon = '2026-01-05T12:00:00Z';
  expect(who(rules, noon)).toBe(ANNA);
  expect(who(rules, noon, [temporary])).toBe(BORIS);
  expect(who(rules, noon, [temporary, override({})])).toBe(DIMA);
});

test('alerting S84: the newest of two overrides counts, in whatever order they are read', () => {
  const rules = schedule('UTC', rotation());
  const pair = [override({ id: 'b', userId: 'chloe', createdAt: 2 }), override({ id: 'a', createdAt: 1 })];
  for (const overrides of [pair, pair.toReversed()]) {
    expect(who(rules, '2026-01-05T12:00:00Z', overrides)).toBe(CHLOE);
  }
});

test('an override that stands in for one person leaves the turns of the others alone', () => {
  const rules = schedule(
    'UTC',
    rotation({ startsAt: '2026-01-05T00:00', shift: { unit: 'hours', length: 8 } }),
  );
  const swap = [override({ replacesUserId: 'boris' })];
  const answers = ['04', '12', '20'].map((hour) => who(rules, `2026-01-05T${hour}:00:00Z`, swap));
  expect(answers).toEqual([ANNA, DIMA, CHLOE]);
});

test('a rotation with restrictions lets the one below it show, and a gap is a shift of nobody', () => {
  const office = [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];
  const night = [{ weekdays: [1], from: '22:00', to: '06:00' }];
  const rules = schedule(
    'UTC',
    rotation({ participants: ['anna'], restrictions: night }),
    rotation({ participants: ['boris'], restrictions: office }),
  );
  expect(who(rules, '2026-01-05T10:00:00Z')).toBe(BORIS);
  expect(who(rules, '2026-01-06T05:59:00Z')).toBe(ANNA);
  expect(who(rules, '2026-01-06T06:00:00Z')).toBeNull();
});

test('a shift is whole also where it begins before the question, and the answer leaves no hole', () => {
  const rules = schedule('UTC', rotation({ shift: { unit: 'weeks', length: 2 } }));
  const [shift, ...more] = shiftsBetween(rules, [], at('2026-01-05T00:00:00Z'), at('2026-01-06T00:00:00Z'));
  expect(more).toEqual([]);
  expect([shift?.startsAt, shift?.endsAt]).toEqual([at('2025-12-29T09:00:00Z'), at('2026-01-12T09:00:00Z')]);
  const late = shiftsBetween(schedule('UTC', rotation({ startsAt: '2030-01-01T00:00' })), [], 0, DAY_MS);
  expect(late.map(({ userId, startsAt }) => [userId, startsAt])).toEqual([[null, 0]]);
});

test('alerting S83, S84: overrides and hours across changes of the clock say the same shift by shift and moment by moment', () => {
  const times = fc.constantFrom('00:00', '01:59', '02:00', '02:30', '03:00', '09:00', '23:59');
  const day = fc.constantFrom('2025-12-30', '2026-03-29', '2026-10-25');
  const person = fc.constantFrom('anna', 'boris', 'chloe');
  const hours = fc
    .record({ weekdays: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }), from: times, to: times })
    .filter(({ from, to }) => from !== to);
  const rotations = fc
    .record({
      participants: fc.array(person, { minLength: 1, maxLength: 3 }),
      startsAt: fc.tuple(day, times).map(([date, time]) => `${date}T${time}`),
      endsAt: fc.option(fc.constantFrom('2026-10-25T02:30', '2026-12-01T09:00'), { nil: null }),
      shift: fc.record({
        unit: fc.constantFrom('hours' as const, 'days' as const, 'weeks' as const),
        length: fc.integer({ min: 1, max: 40 }),
      }),
      restrictions: fc.array(hours, { maxLength: 2 }),
    })
    .map((values) => rotation(values));
  const quarter = fc.nat(365 * 96).map((n) => at('2026-01-01T00:00:00Z') + n * 900_000);
  const overrides = fc
    .record({
      id: fc.uuid(),
      kind: fc.constantFrom('override' as const, 'temporary' as const),
      userId: fc.option(person, { nil: null }),
      replacesUserId: fc.option(person, { nil: null }),
      startsAt: quarter,
      quarters: fc.integer({ min: 1, max: 400 }),
      createdAt: fc.nat(3),
    })
    .map(({ quarters, ...values }) => override({ ...values, endsAt: values.startsAt + quarters * 900_000 }));
  const moments = fc.array(fc.nat(9999), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.array(rotations, { maxLength: 3 }),
      fc.array(overrides, { maxLength: 4 }),
      quarter,
      fc.integer({ min: 1, max: 14 * 24 }),
      moments,
      (zone, layers, given, from, length, parts) => {
        const rules = schedule(zone, ...layers);
        const to = from + length * 3_600_000;
        const shifts = shiftsBetween(rules, given, from, to);
        expect(shifts.slice(1).map(({ startsAt }) => startsAt)).toEqual(
          shifts.slice(0, -1).map(({ endsAt }) => endsAt),
        );
        for (const part of parts) {
          const moment = Math.floor(from + (part / 10_000) * (to - from));
          const { key, userId } = resolveOnCall(rules, given, moment);
          const shift = shifts.find(({ startsAt, endsAt }) => startsAt <= moment && moment < endsAt);
          expect(shift).toMatchObject({ key, userId });
        }
      },
    ),
    { numRuns: 250 },
  );
});
