import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deploymentEvent } from './detail.fixture.ts';
import { eventWords, isTrouble, messageParts } from './timeline-words.ts';

const anna = { kind: 'user', name: 'Anna' } as const;

test('a timeline says who did what, and of a worker only what it saw', () => {
  expect(eventWords(deploymentEvent({ code: 'created', actor: anna }))).toBe('Asked for by Anna');
  expect(eventWords(deploymentEvent({ code: 'created', actor: { kind: 'key', name: 'ci' } }))).toBe(
    'Asked for by the API key ci',
  );
  const byItself = { kind: 'system', name: 'automatic rollback' } as const;
  expect(eventWords(deploymentEvent({ code: 'created', actor: byItself }))).toBe(
    'Asked for by an automatic rollback',
  );
  expect(eventWords(deploymentEvent({ code: 'applied' }))).toBe('Applied');
  expect(eventWords(deploymentEvent({ code: 'ROLLOUT_FAILED', to: 'failed' }))).toBe('Failed');
  expect(eventWords(deploymentEvent({ code: 'some.thing' }))).toBe('some thing');
});

test('every kind of entry that is written has words', () => {
  const files = [
    ...['insert-deployment', 'move-deployment', 'cancel-deployment', 'pause-deployment'].map(
      (name) => `lib/deployments/${name}.ts`,
    ),
    'lib/deployments/approvals/decide.ts',
    'lib/pipeline/deploy/run-deployments.ts',
    'lib/pipeline/deploy/settle.ts',
    'lib/pipeline/deploy/settle-digest.ts',
    'lib/pipeline/deploy/observe-running.ts',
  ];
  const codes = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bcode(?::| =) [^,;]*?'([a-z][a-z._]*)'/g)].map(
      ([, code]) => code ?? '',
    ),
  );
  expect(codes.length).toBeGreaterThan(15);
  const bare = (code: string) => code.replaceAll(/[._]/g, ' ');
  expect(codes.filter((code) => eventWords(deploymentEvent({ code })) === bare(code))).toEqual([]);
});

test('what went wrong is marked, once', () => {
  expect(isTrouble(deploymentEvent({ code: 'ROLLOUT_FAILED', to: 'failed' }))).toBe(true);
  expect(isTrouble(deploymentEvent({ code: 'cluster.unreachable' }))).toBe(true);
  expect(isTrouble(deploymentEvent({ code: 'drifted' }))).toBe(true);
  expect(isTrouble(deploymentEvent({ code: 'progress' }))).toBe(false);
});

test('deployment S-34: the last lines of a crashed container are told apart from what is said about it', () => {
  const message = 'Container agent of pod a-1 crashes: restarted 3 times. Its last lines:\nfirst\nsecond';
  expect(messageParts(message)).toEqual({
    words: 'Container agent of pod a-1 crashes: restarted 3 times.',
    log: 'first\nsecond',
  });
  expect(messageParts('It was not complete in time.')).toEqual({
    words: 'It was not complete in time.',
    log: null,
  });
});
