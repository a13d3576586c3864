import { expect, test } from 'vitest';
import { listeningSince, type ReceptionStretch, silentSince, wasListening } from './reception.ts';

const NOW = 1_800_000_000_000;
const SECOND = 1000;
const ago = (seconds: number) => NOW - seconds * SECOND;
/** Stretches given in seconds before now. */
const stretches = (...pairs: [from: number, to: number][]): ReceptionStretch[] =>
  pairs.map(([from, to]) => ({ fromMs: ago(from), toMs: ago(to) }));

test('silence counts from the whole time when nothing was ever down', () => {
  expect(silentSince(stretches([10_000, 4]), NOW, 300 * SECOND)).toBe(ago(300));
});

test('an outage counts for nobody: after it the whole time must be listened to again', () => {
  const known = stretches([10_000, 900], [100, 3]);
  expect(silentSince(known, NOW, 300 * SECOND)).toBe(ago(1200));
  expect(silentSince(known, NOW + 200 * SECOND, 300 * SECOND)).toBe(ago(1200));
  expect(silentSince(stretches([10_000, 900], [100, -200]), NOW + 200 * SECOND, 300 * SECOND)).toBe(ago(100));
});

test('while nobody listens silence stands still', () => {
  expect(silentSince(stretches([10_000, 60]), NOW, 300 * SECOND)).toBe(ago(360));
  expect(listeningSince(stretches([10_000, 60]), NOW)).toBeNull();
});

test('a gap as a restart makes it is none, and receivers may overlap', () => {
  const known = stretches([10_000, 40], [25, 5], [30, 24]);
  expect(listeningSince(known, NOW)).toBe(ago(10_000));
  expect(silentSince(known, NOW, 300 * SECOND)).toBe(ago(300));
});

test('where nobody has listened long enough yet, nothing can be said', () => {
  expect(silentSince(stretches([299, 0]), NOW, 300 * SECOND)).toBeNull();
  expect(silentSince([], NOW, SECOND)).toBeNull();
});

test('a window is whole only when it was listened to from end to end', () => {
  const known = stretches([10_000, 900], [600, 0]);
  const within = (from: number, to: number) => wasListening(known, { from: ago(from), to: ago(to) });
  expect([within(600, 300), within(1000, 901), within(601, 300), within(880, 800)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
