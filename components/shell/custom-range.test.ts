import { expect, test } from 'vitest';
import { fieldTime as fieldTimeIn, momentOf, readCustomRange as readIn } from './custom-range.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const BERLIN = 'Europe/Berlin';
const fieldTime = (ms: number, zone = BERLIN) => fieldTimeIn(ms, zone);
const readCustomRange = (from: string, to: string, nowMs: number) => readIn(from, to, nowMs, BERLIN);

test('what a field was filled with is read back as the same second, in any zone', () => {
  for (const zone of ['Europe/Berlin', 'Pacific/Kiritimati', 'America/St_Johns', 'UTC']) {
    for (const ms of [NOW, Date.parse('2026-03-29T05:30:07Z'), Date.parse('2025-07-01T23:59:59Z')])
      expect(momentOf(fieldTime(ms, zone), zone)).toBe(ms);
  }
  expect(fieldTime(NOW, 'Asia/Tokyo')).toBe('2026-11-23T21:00:00');
});

test('a custom range is taken as it is; a faulty one names its field', () => {
  const range = (fromMs: number, toMs: number) => readCustomRange(fieldTime(fromMs), fieldTime(toMs), NOW);
  expect(range(NOW - 3_600_000, NOW)).toEqual({ fromMs: NOW - 3_600_000, toMs: NOW });
  expect(range(NOW, NOW - 1000)).toMatchObject({ field: 'to' });
  expect(range(NOW - 5000, NOW)).toMatchObject({ field: 'to', fault: expect.stringContaining('10 seconds') });
  expect(range(NOW - 500 * 86_400_000, NOW)).toMatchObject({ field: 'from' });
  expect(range(NOW + 60_000, NOW + 120_000)).toMatchObject({ field: 'from' });
  expect(readCustomRange('', fieldTime(NOW), NOW)).toMatchObject({ field: 'from' });
  expect(readCustomRange(fieldTime(NOW - 60_000), 'soon', NOW)).toMatchObject({ field: 'to' });
});
