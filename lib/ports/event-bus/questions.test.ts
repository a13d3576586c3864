import { expect, test } from 'vitest';
import { AppError } from '#lib/kernel/errors.ts';
import { createLog } from '#lib/kernel/log.ts';
import { recordingBus } from '#lib/testing/command-context.ts';
import { answerQuestions } from './answer-questions.ts';
import { createWorkers } from './ask-workers.ts';
import type { Answerer } from './port.ts';

const log = createLog('test', 'silent');

/** A bus with as many workers as there are answerers. */
async function staffed(...answerers: Answerer[]) {
  const bus = recordingBus();
  const staff = answerers.map((double) => answerQuestions(bus, { double }, log));
  await Promise.all(staff.map(({ ready }) => ready));
  return {
    workers: createWorkers(bus),
    hasty: createWorkers(bus, 20),
    stop: () => Promise.all(staff.map(({ stop }) => stop())),
  };
}
const doubling = (done: unknown[] = []): Answerer => ({
  async answer(input) {
    done.push(input);
    return Number(input) * 2;
  },
});

test('a question is answered by one worker, however many there are', async () => {
  const done: unknown[] = [];
  const { workers } = await staffed(doubling(done), doubling(done), doubling(done));
  expect(await Promise.all([1, 2, 3].map((input) => workers.ask('double', input)))).toEqual([2, 4, 6]);
  expect(done).toEqual([1, 2, 3]);
});

test('without a worker, and for a kind that none knows, it is said within the time', async () => {
  const nobody = await staffed();
  const taken: string[] = [];
  const options = { onTaken: () => void taken.push('asked') };
  await expect(nobody.hasty.ask('double', 1, options)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'No worker answered within 1 s.',
  });
  const { hasty } = await staffed(doubling());
  await expect(hasty.ask('constructor', 1, options)).rejects.toMatchObject({ code: 'unavailable' });
  expect(taken).toEqual([]);
});

test('a worker that does not answer in time is said to have been asked, and its work is called off', async () => {
  const calledOff = Promise.withResolvers<void>();
  const hangs: Answerer = {
    answer: (_input, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          calledOff.resolve();
          reject(signal.reason);
        }),
      ),
  };
  const { hasty } = await staffed(hangs);
  const taken: string[] = [];
  const asked = hasty.ask('double', 1, { onTaken: () => void taken.push('asked') });
  await expect(asked).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The cluster did not answer within 1 s.',
  });
  expect(taken).toEqual(['asked']);
  await calledOff.promise;
});

test('a refusal keeps its code and words, and a bug keeps them to itself', async () => {
  const refuses = (error: Error) => staffed({ answer: async () => Promise.reject(error) });
  const { workers } = await refuses(new AppError('conflict', 'An autoscaler keeps it.'));
  await expect(workers.ask('double', 1)).rejects.toMatchObject({
    code: 'conflict',
    message: 'An autoscaler keeps it.',
  });
  const broken = await refuses(new TypeError('secret'));
  await expect(broken.workers.ask('double', 1)).rejects.toMatchObject({
    code: 'internal',
    message: expect.not.stringContaining('secret'),
  });
});

test('who holds something for the asker is asked, and anybody else when they are gone', async () => {
  const named = (name: string): Answerer => ({
    holds: (what) => what === name,
    answer: async () => name,
  });
  const { workers, hasty, stop } = await staffed(named('one'), named('two'), named('three'));
  expect(await workers.ask('double', 0, { holding: 'three' })).toBe('three');
  expect(['one', 'two', 'three']).toContain(await workers.ask('double', 0, { holding: 'nobody' }));
  await stop();
  await expect(hasty.ask('double', 0)).rejects.toMatchObject({ code: 'unavailable' });
});
