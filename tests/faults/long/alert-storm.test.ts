import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Storm, storm } from '#tests/history/storm.ts';

const GROUPS = 10;
const GROUP_WAIT_MS = 5000;

let result: Storm;
beforeAll(async () => {
  const [instances, seconds] = [10_000, 10];
  result = await storm({ instances, seconds, groups: GROUPS, groupWaitMs: GROUP_WAIT_MS, afterMs: 15_000 });
}, 180_000);
afterAll(() => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});

test('reliability F34: of 10,000 alerts in 10 s none is refused, and the first is told within group_wait + 5 s', () => {
  expect(result.stored).toBe(10_000);
  expect(result.firstToldMs).toBeLessThan(GROUP_WAIT_MS + 5000);
  expect(result.firstPagedMs).toBeLessThan(5000);
});

test('reliability F34: messages are bounded by grouping for a channel and by limits for a person', () => {
  expect(result.channelMessages).toBeLessThanOrEqual(2 * GROUPS);
  expect(result.pages).toBeLessThanOrEqual(6);
});

test('reliability F34: meanwhile the inbox answers and an acknowledgement is taken', () => {
  expect(result.list.p95Ms).toBeLessThan(8000);
  expect(result.page?.p95Ms ?? 0).toBeLessThan(30_000);
  expect(result.acknowledged).toBeGreaterThan(1);
  expect(result.acknowledge.p95Ms).toBeLessThan(8000);
});
