import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatWallTime,
  instantOf,
  isTimeZone,
  offsetAt,
  parseWallTime,
  timeOfDay,
  wallTimeAt,
  weekdayOf,
} from './zoned-time.ts';

const instant = (zone: string, wall: string) => new Date(instantOf(zone, parseWallTime(wall))).toISOString();
const wall = (zone: string, iso: string) => formatWallTime(wallTimeAt(zone, Date.parse(iso)));

test('a time that the spring change skips is the moment of the change', () => {
  expect(instant('Europe/Berlin', '2026-03-29T01:59')).toBe('2026-03-29T00:59:00.000Z');
  expect(instant('Europe/Berlin', '2026-03-29T02:30')).toBe('2026-03-29T01:00:00.000Z');
  expect(instant('Europe/Berlin', '2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z');
});

test('a time that the autumn change repeats is its first pass', () => {
  expect(instant('Europe/Berlin', '2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
  expect(instant('Europe/Berlin', '2026-10-25T03:00')).toBe('2026-10-25T02:00:00.000Z');
  expect(wall('Europe/Berlin', '2026-10-25T01:30:00Z')).toBe('2026-10-25T02:30');
});

test('zones with half hours, with a change of half an hour, and a skipped day', () => {
  expect(wall('Asia/Kathmandu', '2026-06-01T00:00:00Z')).toBe('2026-06-01T05:45');
  expect(instant('Australia/Lord_Howe', '2026-10-04T02:10')).toBe('2026-10-03T15:30:00.000Z');
  expect(instant('Pacific/Apia', '2011-12-30T12:00')).toBe('2011-12-30T10:00:00.000Z');
});

test('in any zone the instant of what the clock shows is that instant, or its earlier pass', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tehran');
  const instants = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
  fc.assert(
    fc.property(zones, instants, (zone, at) => {
      const back = instantOf(zone, wallTimeAt(zone, at));
      expect(back).toBeLessThanOrEqual(at);
      expect(at - back).toBeLessThanOrEqual(3_600_000);
      if (back !== at) expect(wallTimeAt(zone, back)).toBe(wallTimeAt(zone, at));
      const exact = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      expect(formatWallTime(wallTimeAt(zone, at))).toBe(exact.format(at).replace(' ', 'T'));
    }),
  );
});

test('the order of wall times is the order of their instants', () => {
  const around = fc.integer({ min: -2880, max: 2880 });
  const changes = fc.constantFrom('2026-03-29T02:00', '2026-10-25T02:00');
  fc.assert(
    fc.property(changes, around, around, (change, a, b) => {
      const [low, high] = [a, b].toSorted((x, y) => x - y).map((m) => parseWallTime(change) + m * 60_000);
      expect(instantOf('Europe/Berlin', low ?? 0)).toBeLessThanOrEqual(instantOf('Europe/Berlin', high ?? 0));
    }),
  );
});

test('names, days of the week and times of the day are read as they are written', () => {
  expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
  expect(weekdayOf(parseWallTime('2026-11-23T00:00'))).toBe(1);
  expect(weekdayOf(parseWallTime('1969-12-31T23:59'))).toBe(3);
  expect([timeOfDay('09:30'), timeOfDay('24:00')]).toEqual([34_200_000, 86_400_000]);
  expect(parseWallTime('2026-02-30T00:00')).toBeNaN();
  expect(offsetAt('UTC', 0)).toBe(0);
});
