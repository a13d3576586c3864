import { expect, test } from 'vitest';
import { receiverReport } from './receiver-report.ts';

const entry = (sender: string, outcome: string, count: number, detail = '', lastAtMs = 1000) => ({
  ...{ sender, outcome, count, detail, lastAtMs },
});

test('a sender has its counts, conventions and refusals with words and a hint, the most frequent first', () => {
  const { senders } = receiverReport(
    [
      entry('shop', 'accepted', 40, 'gen_ai'),
      entry('shop', 'accepted', 2, 'ai-sdk', 3000),
      entry('shop', 'duplicate', 5, 'gen_ai'),
      entry('shop', 'unmapped', 3, 'gen_ai'),
      entry('shop', 'too_old', 1),
      entry('shop', 'too_many_series', 7, '', 2000),
    ],
    0,
  );
  expect(senders).toMatchObject([
    {
      ...{ sender: 'shop', accepted: 42, duplicates: 5, unmapped: 3, refused: 8, lastSeenAt: 3000 },
      conventions: ['ai-sdk', 'gen_ai'],
      refusals: [
        { reason: 'too_many_series', count: 7, hint: expect.stringContaining('MAX_SERIES_PER_AGENT') },
        { reason: 'too_old', count: 1, words: 'A time is too far in the past' },
      ],
    },
  ]);
});

test('totals hold every sender, the list is bounded and starts with who was heard last', () => {
  const many = Array.from({ length: 600 }, (_, i) => entry(`s${i}`, 'too_many_series', 1, '', i));
  const report = receiverReport(many, 5);
  expect(report.totals).toEqual({ accepted: 0, refused: 600, tooManySeries: 600, unmapped: 0 });
  expect([report.senders.length, report.senders[0]?.sender]).toEqual([500, 's599']);
});

test('an outcome of a newer ingest process, or one called like a built-in, is shown as heard and nothing else', () => {
  const { senders, totals } = receiverReport([entry('shop', 'constructor', 4)], 0);
  expect(senders).toMatchObject([
    { sender: 'shop', accepted: 0, refused: 0, refusals: [], lastSeenAt: 1000 },
  ]);
  expect(totals.refused).toBe(0);
});
