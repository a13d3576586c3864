import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCircuit } from './circuit.ts';

test('reliability F10: a store that did not answer is asked by nobody until it has answered a probe', async () => {
  const probes: PromiseWithResolvers<void>[] = [];
  const probe = () => {
    const next = Promise.withResolvers<void>();
    probes.push(next);
    return next.promise;
  };
  const circuit = createCircuit(probe, 1);
  const asked: string[] = [];
  const ask = (name: string) =>
    circuit(async () => {
      asked.push(name);
      if (name === 'in time') throw new Error('timed out');
      return name;
    });
  expect(await ask('before')).toEqual({ answer: 'before' });
  expect(await ask('in time')).toBeNull();
  expect(await ask('at once')).toBeNull();
  while (probes.length < 1) await turn();
  probes[0]?.reject(new Error('still away'));
  while (probes.length < 2) await turn();
  expect(await ask('meanwhile')).toBeNull();
  probes[1]?.resolve();
  while ((await ask('after')) === null) await turn();
  expect(asked).toEqual(['before', 'in time', 'after']);
});
