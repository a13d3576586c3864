import { expect, test } from 'vitest';
import { createCircuit } from './circuit.ts';

const fails = async () => {
  throw new Error('timed out');
};

test('reliability F10: a store that did not answer is left alone for a while, then one tries for all', async () => {
  let nowMs = 1000;
  const circuit = createCircuit(() => nowMs);
  expect(await circuit(async () => 'here')).toEqual({ answer: 'here' });
  expect(await circuit(fails)).toBeNull();
  expect(await circuit(async () => 'not asked')).toBeNull();
  nowMs += 5000;
  const back = Promise.withResolvers<string>();
  const trying = circuit(() => back.promise);
  expect(await circuit(async () => 'not asked')).toBeNull();
  back.resolve('back');
  expect(await trying).toEqual({ answer: 'back' });
  expect(await circuit(async () => 'here')).toEqual({ answer: 'here' });
});

test('a store that still hangs when one tries is left alone again', async () => {
  let nowMs = 1000;
  const circuit = createCircuit(() => nowMs);
  await circuit(fails);
  nowMs += 5000;
  await circuit(fails);
  nowMs += 4999;
  expect(await circuit(async () => 'not asked')).toBeNull();
});
