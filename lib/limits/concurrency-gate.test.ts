import { expect, test } from 'vitest';
import { createConcurrencyGate } from './concurrency-gate.ts';

/** A work that ends when it is told to. */
function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  let began = false;
  return {
    run: () => {
      began = true;
      return promise;
    },
    end: () => resolve('done'),
    began: () => began,
  };
}

test('security U8: a team has so many works under way, a few wait in order, and the next is told to come back', async () => {
  const gate = createConcurrencyGate({ atOnce: 2, waiting: 1, patienceMs: 10_000 });
  const [first, second, third, fourth] = [work(), work(), work(), work()];
  const running = [first, second, third].map(({ run }) => gate.run('noisy', run));
  await expect(gate.run('noisy', fourth.run)).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 2,
  });
  expect([first, second, third, fourth].map(({ began }) => began())).toEqual([true, true, false, false]);
  first.end();
  await running[0];
  expect(third.began()).toBe(true);
  for (const { end } of [second, third]) end();
  expect(await Promise.all(running)).toEqual(['done', 'done', 'done']);
});

test('security U8: a quiet team goes on beside a noisy one, and room comes back after a failure', async () => {
  const gate = createConcurrencyGate({ atOnce: 1, waiting: 0, patienceMs: 10_000 });
  const held = work();
  const running = gate.run('noisy', held.run);
  await expect(gate.run('noisy', held.run)).rejects.toMatchObject({ code: 'rate_limited' });
  const failing = () => gate.run('quiet', () => Promise.reject(new Error('no')));
  await expect(failing()).rejects.toThrow('no');
  expect(await gate.run('quiet', async () => 'served')).toBe('served');
  held.end();
  await running;
});

test('whoever waits too long is told to come back and takes nobody’s place', async () => {
  const gate = createConcurrencyGate({ atOnce: 1, waiting: 5, patienceMs: 10 });
  const held = work();
  const running = gate.run('team', held.run);
  const late = work();
  await expect(gate.run('team', late.run)).rejects.toMatchObject({ code: 'rate_limited' });
  held.end();
  await running;
  expect([late.began(), await gate.run('team', async () => 'served')]).toEqual([false, 'served']);
});
