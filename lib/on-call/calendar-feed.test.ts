import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCalendar } from '#lib/testing/calendar-parser.ts';
import { calendarFeed } from './calendar-feed.ts';

const HOUR_MS = 3_600_000;
const schedule = { id: 'schedule', name: 'Primary', updatedAt: Date.UTC(2026, 0, 1) };
const shift = (values: object = {}) => ({
  userId: 'anna',
  name: 'Anna',
  startsAt: Date.UTC(2026, 0, 5, 9),
  endsAt: Date.UTC(2026, 0, 5, 17),
  ...values,
});

test('a shift is an event in UTC, between the lines that every calendar has', () => {
  const text = calendarFeed(schedule, [shift()]);
  expect(parseCalendar(text)).toMatchObject([
    {
      summary: 'Anna on call: Primary',
      startsAt: Date.UTC(2026, 0, 5, 9),
      endsAt: Date.UTC(2026, 0, 5, 17),
    },
  ]);
  expect(text).toContain('\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260105T090000Z\r\n');
});

test('a schedule without shifts is a calendar too', () => {
  expect(parseCalendar(calendarFeed(schedule, []))).toEqual([]);
});

test('whatever people and schedules are called, a calendar program reads the names as they were', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 120 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(names, names, (name, title) => {
      const [event] = parseCalendar(calendarFeed({ ...schedule, name: title }, [shift({ name })]));
      expect(event?.summary).toBe(`${name} on call: ${title}`);
    }),
  );
});

test('a name cannot smuggle lines of its own into the calendar', () => {
  const text = calendarFeed(schedule, [shift({ name: 'Eve\r\nEND:VCALENDAR\nX:1' })]);
  expect(parseCalendar(text)).toHaveLength(1);
});

test('a shift keeps its UID when its end or its name changes, and two shifts never share one', () => {
  const uid = (values: object) => parseCalendar(calendarFeed(schedule, [shift(values)]))[0]?.uid;
  expect(uid({ endsAt: Date.UTC(2026, 0, 5, 18), name: 'Anna B.' })).toBe(uid({}));
  const many = Array.from({ length: 50 }, (_, i) =>
    shift({ startsAt: i * HOUR_MS, endsAt: (i + 1) * HOUR_MS, userId: `u${i % 3}` }),
  );
  expect(parseCalendar(calendarFeed(schedule, many))).toHaveLength(50);
});
