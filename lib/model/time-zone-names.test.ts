import { expect, test } from 'vitest';
import { timeZoneNames } from './time-zone-names.ts';
import { isTimeZone } from './zoned-time.ts';

test('zones are offered by their present names, with UTC, and each is one that clocks are read in', () => {
  const names = timeZoneNames();
  expect(names).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv', 'UTC']));
  expect(names).not.toContain('Asia/Calcutta');
  expect(names.filter((name) => !isTimeZone(name))).toEqual([]);
  expect(names).toEqual([...new Set(names)].sort());
});

test('a zone that was chosen by an older name is still among them', () => {
  expect(timeZoneNames('Asia/Calcutta')).toContain('Asia/Calcutta');
});
