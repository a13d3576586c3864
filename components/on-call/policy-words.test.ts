import { expect, test } from 'vitest';
import { pagedWords, repeatWords, routeCountWords } from './policy-words.ts';

const names = { ada: 'Ada', primary: 'Primary' };
const person = (id: string) => ({ kind: 'user' as const, id });

test('a step says whom it pages in their order, who of them is gone, and that it pages nobody', () => {
  const schedule = { kind: 'schedule' as const, id: 'primary' };
  expect(pagedWords({ targets: [schedule, person('ada')] }, names)).toBe('Primary, Ada');
  expect(pagedWords({ targets: [person('left'), person('ada')] }, names)).toBe('somebody who is gone, Ada');
  expect(pagedWords({ targets: [] }, names)).toBe('nobody');
});

test('a policy says how often it goes around, and that no route leads to it', () => {
  expect([0, 1, 3, -1].map((repeat) => repeatWords({ repeat }))).toEqual([
    'once',
    'repeats 1 time',
    'repeats 3 times',
    'until somebody answers',
  ]);
  expect([0, 1, 2].map((routes) => routeCountWords({ routes }))).toEqual([
    'no route leads here yet',
    '1 route',
    '2 routes',
  ]);
});
