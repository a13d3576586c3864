import { expect, test } from 'vitest';
import { diffDefinitions } from './diff-definitions.ts';

test('only what differs is said, with both sides', () => {
  const before = { levels: { critical: 5 }, source: { agentIds: ['a'] }, title: '' };
  const after = { levels: { warning: 2, critical: 5 }, source: { agentIds: ['a', 'b'] }, title: 'x' };
  expect(diffDefinitions(before, after)).toEqual([
    { path: 'levels.warning', before: null, after: '2' },
    { path: 'source.agentIds', before: 'a', after: 'a, b' },
    { path: 'title', before: '', after: 'x' },
  ]);
  expect(diffDefinitions(before, structuredClone(before))).toEqual([]);
});
