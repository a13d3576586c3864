import fc from 'fast-check';
import { expect, test } from 'vitest';
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

/** What a calendar program reads: unfolded lines, by name (RFC 5545, section 3.1). */
function read(text: string): [name: string, value: string][] {
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1)];
  });
}
const valuesOf = (text: string, name: string) =>
  read(text).flatMap(([own, value]) => (own === name ? [value] : []));
const asTyped = (text: string) => text.replaceAll(/\\(.)/g, (_all, c: string) => (c === 'n' ? '\n' : c));

test('a shift is an event in UTC, between the lines that every calendar has', () => {
  const lines = read(calendarFeed(schedule, [shift()]));
  expect(lines.at(0)).toEqual(['BEGIN', 'VCALENDAR']);
  expect(lines.at(-1)).toEqual(['END', 'VCALENDAR']);
  expect(Object.fromEntries(lines)).toMatchObject({
    VERSION: '2.0',
    DTSTAMP: '20260101T000000Z',
    DTSTART: '20260105T090000Z',
    DTEND: '20260105T170000Z',
    SUMMARY: 'Anna on call: Primary',
  });
});

test('whatever people are called, lines are folded within characters and read back as they were', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 120 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(names, (name) => {
      const text = calendarFeed({ ...schedule, name: '' }, [shift({ name })]);
      for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(valuesOf(text, 'SUMMARY').map(asTyped)).toEqual([`${name} on call: `]);
    }),
  );
});

test('a name cannot smuggle lines of its own into the calendar', () => {
  const text = calendarFeed(schedule, [shift({ name: 'Eve\r\nEND:VCALENDAR\nX:1' })]);
  expect(valuesOf(text, 'END')).toEqual(['VEVENT', 'VCALENDAR']);
});

test('a shift keeps its UID when its end or its name changes, and two shifts never share one', () => {
  const uid = (values: object) => valuesOf(calendarFeed(schedule, [shift(values)]), 'UID')[0];
  expect(uid({ endsAt: Date.UTC(2026, 0, 5, 18), name: 'Anna B.' })).toBe(uid({}));
  const many = Array.from({ length: 50 }, (_, i) => shift({ startsAt: i * HOUR_MS, userId: `u${i % 3}` }));
  expect(new Set(valuesOf(calendarFeed(schedule, many), 'UID')).size).toBe(50);
});
