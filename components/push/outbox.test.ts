import { afterEach, beforeEach, expect, test } from 'vitest';
import { BULK_MOST } from '#lib/model/alert.ts';
import { startPageServer } from '#lib/testing/page-server.ts';
import type { Answer, Receiver } from '#lib/testing/receiver.ts';
import { type AckOutcome, acknowledgeThroughOutbox, replayOutbox } from './outbox.ts';
import type { SecondAnswer } from './settled-words.ts';
import type { KeptAcknowledgement } from './tap.ts';
import { keptAcknowledgements } from './tap-store.ts';

let server: Receiver;
beforeEach(async () => {
  server = await startPageServer();
});
afterEach(() => server.close());

const tap = (alertId: string): KeptAcknowledgement => ({
  ...{ alertId, personId: 'ada', via: 'web', title: alertId, at: Date.now() },
});
const answer = (body: object): Answer => ({ status: 200, body: JSON.stringify(body) });

async function acknowledge(taps: readonly KeptAcknowledgement[]) {
  const settled: [number, AckOutcome][] = [];
  const seconds: SecondAnswer[] = [];
  await acknowledgeThroughOutbox(taps, {
    settled: (ids, outcome) => settled.push([ids.length, outcome]),
    second: (said) => seconds.push(said),
  });
  return { settled, seconds };
}

test('alerting S100: taps on more alerts than the server takes at once go in parts, and each part ends as the server says of it', async () => {
  const done = answer({ changed: 1, unchanged: 0, unknown: 0 });
  server.answer(done, { status: 403 }, { status: 503 }, done);
  const taps = Array.from({ length: 3 * BULK_MOST + 5 }, (_, i) => tap(`alert ${i}`));
  const { settled } = await acknowledge(taps);
  expect(settled).toEqual([
    [BULK_MOST, 'acknowledged'],
    [BULK_MOST, 'refused'],
    [BULK_MOST, 'unkept'],
    [5, 'acknowledged'],
  ]);
  const bodies = server.received.map(({ body }) => JSON.parse(body));
  expect(bodies.flatMap(({ ids }) => ids)).toEqual(taps.map(({ alertId }) => alertId));
  expect(new Set(bodies.map(({ tappedBy }) => tappedBy))).toEqual(new Set(['ada']));
});

test('alerting S100: where the browser keeps nothing, a tap waits in its page until it is sent', async () => {
  server.answer({ status: 503 }, { status: 401 }, answer({ first: true, settled: null }));
  const taps = [{ ...tap('in sight'), personId: 'bob' }];
  expect((await acknowledge(taps)).settled).toEqual([[1, 'unkept']]);
  const replay = async (personId: string) => {
    const outcomes: AckOutcome[] = [];
    await replayOutbox(personId, { settled: (_, outcome) => outcomes.push(outcome), second: () => {} });
    return outcomes;
  };
  expect(await replay('eve')).toEqual([]);
  expect(await replay('bob')).toEqual(['signed-out']);
  expect(await replay('bob')).toEqual(['acknowledged']);
  expect(await replay('bob')).toEqual([]);
  expect(server.received).toHaveLength(3);
});

test('alerting S100: what is tapped while somebody else is signed in is refused, and waits for nobody', async () => {
  server.answer({ status: 409 });
  const taps = [{ ...tap('not theirs'), personId: 'cleo' }];
  expect((await acknowledge(taps)).settled).toEqual([[1, 'someone-else']]);
  expect(await keptAcknowledgements('cleo')).toEqual([]);
});

test('alerting S100: what the team of a part does not have is not shown as acknowledged', async () => {
  server.answer(answer({ changed: 0, unchanged: 0, unknown: 2 }));
  expect((await acknowledge([tap('a'), tap('b')])).settled).toEqual([[2, 'refused']]);
});

test('alerting S73: whoever taps second hears from the server who was first', async () => {
  const settled = { by: 'Grace', at: 1 };
  const second = { id: 'a', status: 'acknowledged', version: 3, first: false, settled };
  server.answer(answer({ ...second, first: true, settled: null }), answer(second));
  expect(await acknowledge([tap('a')])).toEqual({ settled: [[1, 'acknowledged']], seconds: [] });
  expect(await acknowledge([tap('a')])).toEqual({
    settled: [[1, 'acknowledged']],
    seconds: [{ status: 'acknowledged', settled }],
  });
});
