import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AckOutcome } from '#components/push/outbox.ts';
import { BULK_MOST } from '#lib/model/alert.ts';
import { startPageServer } from '#lib/testing/page-server.ts';
import type { Answer, Receiver } from '#lib/testing/receiver.ts';
import { actInBulk } from './ask.ts';
import { ackWords, bulkWords } from './bulk-words.ts';

const ids = Array.from({ length: 2 * BULK_MOST + 5 }, (_, i) => `alert ${i}`);
let server: Receiver;

beforeEach(async () => {
  server = await startPageServer();
});
afterEach(() => server.close());

const done = (): Answer => ({
  status: 200,
  body: JSON.stringify({ changed: BULK_MOST, unchanged: 0, unknown: 0 }),
});
const said = async () => bulkWords(await actInBulk(ids, { action: 'resolve' }), 'resolve');
const sent = () => server.received.map(({ body }) => JSON.parse(body).ids.length);

test('many alerts are resolved as many at once as the server takes, each once', async () => {
  server.answerBy(({ body }) => ({
    status: 200,
    body: JSON.stringify({ changed: JSON.parse(body).ids.length, unchanged: 0, unknown: 0 }),
  }));
  expect(await said()).toEqual({ tone: 'ok', text: '2,005 alerts resolved.' });
  expect(sent()).toEqual([BULK_MOST, BULK_MOST, 5]);
  expect(server.received.flatMap(({ body }) => JSON.parse(body).ids)).toEqual(ids);
});

test('where a part fails it is said what was done before, and no more is sent', async () => {
  server.answer(done(), { status: 403, body: JSON.stringify({ detail: 'Your role may not do this.' }) });
  expect(await said()).toEqual({
    tone: 'critical',
    text: `Your role may not do this. 1,000 alerts resolved; the other 1,005 are as they were.`,
  });
  expect(sent()).toEqual([BULK_MOST, BULK_MOST]);
});

test('where the answer of a part is lost, nobody says that it changed nothing', async () => {
  server.answer(done(), 'reset');
  expect((await said()).text).toBe(
    `There is no connection. 1,000 alerts resolved; what became of the other 1,005 is not known.`,
  );
  server.answer('reset');
  expect((await said()).text).toBe(`There is no connection. What became of 2,005 alerts is not known.`);
});

test('where the first part is refused nothing was changed', async () => {
  server.answer({ status: 503 });
  expect((await said()).text).toBe('The server answered 503. Nothing was changed.');
});

test('taps on many alerts are told of once, with what was done and what was not', () => {
  const words = (...counts: [AckOutcome, number][]) => ackWords(new Map(counts))?.text ?? null;
  expect(words(['acknowledged', 2000])).toBeNull();
  expect(words(['signed-out', 3])).toBeNull();
  expect(words(['refused', 1])).toBe('The server refused the acknowledgement. Nothing was changed.');
  expect(words(['someone-else', 1])).toBe(
    'Not acknowledged: somebody else is signed in here now. Load the page again.',
  );
  expect(words(['unkept', 1])).toContain('Leave this page open: it is sent as soon as there is one.');
  expect(words(['acknowledged', 1000], ['refused', 5])).toBe(
    '5 alerts: The server refused the acknowledgement. 1,000 alerts acknowledged.',
  );
  expect(words(['acknowledged', 1000], ['later', 1005])).toBe(
    '1,005 alerts: Not yet acknowledged: there is no connection. It is sent as soon as there is one. 1,000 alerts acknowledged.',
  );
});
