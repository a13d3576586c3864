import { expect, test } from 'vitest';
import { settledWords } from './settled-words.ts';

const NOW = Date.UTC(2026, 10, 29, 3);
const settled = (by: string | null) => ({ by, at: NOW - 120_000 });

test('alerting S72, S73: whoever taps second is told who has the alert and since when, or that it was over', () => {
  expect(settledWords({ status: 'acknowledged', settled: settled('Ada') }, NOW)).toBe(
    'Ada acknowledged it first, 2 min ago. You are noted.',
  );
  expect(settledWords({ status: 'acknowledged', settled: settled(null) }, NOW)).toBe(
    'Somebody acknowledged it first, 2 min ago. You are noted.',
  );
  expect(settledWords({ status: 'resolved', settled: settled('Ada') }, NOW)).toBe(
    'It was over already: resolved by Ada 2 min ago. You are noted.',
  );
  expect(settledWords({ status: 'resolved', settled: settled(null) }, NOW)).toBe(
    'It was over already: resolved 2 min ago. You are noted.',
  );
});
