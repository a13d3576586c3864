import { PassThrough } from 'node:stream';
import pino from 'pino';
import { expect, test } from 'vitest';
import { describeFailure } from './failure.ts';

/** What the translation makes of an error, and at which levels it was logged. */
function described(error: unknown) {
  const lines = new PassThrough();
  const failure = describeFailure(error, pino({ level: 'debug' }, lines));
  const logged = String(lines.read() ?? '')
    .split('\n')
    .filter(Boolean);
  return { failure, levels: logged.map((line) => pino.levels.labels[JSON.parse(line).level]) };
}

const reset = (message: string) => Object.assign(new Error(message), { code: 'ECONNRESET' });

test('a browser that goes away in the middle of a request is no error of ours', () => {
  const { failure, levels } = described(reset('aborted'));
  expect(failure).toMatchObject({ code: 'invalid', issues: [] });
  expect(levels).toEqual(['debug']);
});

test('security N10: what was not expected is logged and shown as its reference only', () => {
  const { failure, levels } = described(reset('read ECONNRESET 10.0.0.5:5432'));
  expect(failure).toMatchObject({ code: 'internal', reference: expect.stringMatching(/^[0-9a-f]{10}$/) });
  expect(failure.message).not.toContain('10.0.0.5');
  expect(levels).toEqual(['error']);
});
