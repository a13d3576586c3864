import { expect, test } from 'vitest';
import { passwordProblem } from './chosen-password.ts';

const person = { email: 'some.body@acme.example', name: 'Ada Lovelace' };

test.each([
  ['Xy7$abc', /at least 8/],
  ['x'.repeat(257), /at most/],
  ['password123', /leaked/],
  ['PassWord1', /leaked/],
  ['ｐａｓｓｗｏｒｄ１２３', /leaked/],
  ['qwertyuiop', /leaked/],
  ['trustno1', /leaked/],
  ['Sunshine2026!', /leaked/],
  ['Summer26', /leaked/],
  ['1q2w3e4r5t6y', /leaked/],
  ['liverpoolfc', /leaked/],
  ['some.body@acme.example', /your address/],
  ['SomeBody2026', /your address/],
  ['lovelace-ada', /your name/],
  ['Acme-2026!', /your address/],
  ['Pitwall!2026', /product/],
  ['ada@pitwall.1', /product/],
])('security A12: %s is refused with the reason', async (password, reason) => {
  expect(await passwordProblem(password, person)).toMatch(reason);
});

test.each([
  'all lower case letters',
  'kf83hd7s',
  'ölpest im märz',
  '🂡🂢🂣🂤',
  'p'.repeat(200),
  'adaptation wins',
  'correct horse battery staple',
  'monkeys ride bicycles 1',
])('security A12: %s is taken: length counts, composition does not', async (password) => {
  expect(await passwordProblem(password, person)).toBeNull();
});
