import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Storm, storm } from '#tests/history/storm.ts';

const [INSTANCES, SECONDS, GROUPS] = [10_000, 10, 10];
const GROUP_WAIT_MS = 5000;
/** After so long Prometheus gives a request up (alerting S60), milliseconds. */
const SENDER_PATIENCE_MS = 10_000;

let result: Storm;
beforeAll(async () => {
  result = await storm({
    ...{ instances: INSTANCES, seconds: SECONDS, groups: GROUPS },
    ...{ groupWaitMs: GROUP_WAIT_MS, afterMs: 15_000 },
  });
}, 400_000);
afterAll(() => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});

test('reliability F34: of 10,000 alerts in 10 s none is refused, and the sender is answered before it gives up', () => {
  expect(result.sentMs).toBeLessThan(SECONDS * 1000 + 1000);
  expect(result.stored).toBe(INSTANCES);
  expect(result.post.p95Ms).toBeLessThan(SENDER_PATIENCE_MS);
});

test('reliability F34: the first message comes within group_wait + 5 s, of every group', () => {
  expect(result.firstToldMs).toBeLessThan(GROUP_WAIT_MS + 5000);
  expect([result.groupsTold, result.allGroupsToldMs < GROUP_WAIT_MS + 5000]).toEqual([GROUPS, true]);
  expect(result.firstPagedMs).toBeLessThan(5000);
});

test('reliability F34: messages are bounded by grouping for a channel and by limits for a person, and leave no alert out', () => {
  expect(result.channelMessages).toBeLessThanOrEqual(GROUPS);
  expect(result.pages).toBeLessThanOrEqual(2);
  expect(result.pagesSpeakOf).toBeGreaterThan(result.pages);
  expect(result.untold).toBe(0);
});

test('reliability F34: meanwhile the inbox answers and an acknowledgement is taken', () => {
  expect(result.list.p95Ms).toBeLessThan(3000);
  expect(result.acknowledged).toBeGreaterThan(1);
  expect(result.acknowledge.p95Ms).toBeLessThan(3000);
});

test('reliability F34: meanwhile the inbox opens, shows alerts by itself, takes taps and its event loop stays free', ({
  skip,
}) => {
  if (result.page === null || result.open === null) return skip('there is no Chromium here');
  const { page, open } = result;
  expect(page.p95Ms).toBeLessThan(10_000);
  expect(open.shownMs).toBeLessThan(5000);
  expect(open.taps).toBeGreaterThan(1);
  expect(open.tap.p95Ms).toBeLessThan(5000);
  expect(open.lag.p95Ms).toBeLessThan(200);
  expect(open.lag.maxMs).toBeLessThan(2000);
});
