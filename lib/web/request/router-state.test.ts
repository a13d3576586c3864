import { expect, test } from 'vitest';
import { settleRouterState } from './router-state.ts';

const settle = (state?: string | string[]) =>
  settleRouterState(state === undefined ? {} : { 'next-router-state-tree': state });

/** As deep as the parts of our pages. */
const PAGE =
  '["",{"children":["(console)",{"children":["agents",{"children":[["id","a%20b","d",["new"]],{"children":["(tabs)",{"children":["health",{"children":["__PAGE__",{}]}]},null,"refetch"]}]}]}]},null,null,16]';

test.each<[name: string, state?: string]>([
  ['nothing'],
  ['the state of a page', PAGE],
  ['a part of one', '["",{},null,"metadata-only"]'],
])('what the router of our pages says passes: %s', (_name, state) => {
  expect(() => settle(state)).not.toThrow();
  if (state !== undefined) expect(() => settle(encodeURIComponent(state))).not.toThrow();
});

const deep = (levels: number) => `${'["",{"c":'.repeat(levels)}["",{}]${'}]'.repeat(levels)}`;
test.each([
  ['half of it', '{"__proto__":1'],
  ['nothing', ''],
  ['what nobody can decode', '%E0%A4%A'],
  ['another shape', '%5B%22%22%5D'],
  ['a number where a word belongs', '["",{},null,7]'],
  ['a parameter of no kind', '[["id","x","?",null],{}]'],
  ['two in one', '["",{}], ["",{}]'],
  ['deep nesting', deep(20)],
  ['nesting until the stack is full', deep(1300)],
])('security N10: a router state that is %s is refused before Next reads it', (_name, state) => {
  expect(() => settle(state)).toThrow(expect.objectContaining({ code: 'invalid' }));
});
