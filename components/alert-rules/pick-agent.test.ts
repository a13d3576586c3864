import { expect, test } from 'vitest';
import { NEW_RULE } from './draft.ts';
import { pickAgent } from './pick-agent.ts';
import { readDraft } from './read-draft.ts';

const agent = (id: string, name: string, environment = 'default') => ({ id, name, environment });
const AGENTS = [
  agent('1', 'planner'),
  agent('2', 'planner', 'staging'),
  agent('3', 'writer'),
  agent('4', 'writer-old'),
];

test.each([
  ['planner', [], { agentId: '1' }],
  [' Planner (Staging) ', [], { agentId: '2' }],
  ['old', [], { agentId: '4' }],
  ['writer', ['3'], { fault: 'This agent is chosen already.' }],
  ['writ', [], { fault: 'Several agents are called so: pick one of the list.' }],
  ['reader', [], { fault: 'No agent is called "reader".' }],
])('%j with %j chosen means %j', (typed, chosen, picked) => {
  expect(pickAgent(AGENTS, chosen, typed)).toEqual(picked);
});

test('an agent that was typed and not chosen keeps a rule from being saved without it', () => {
  const paths = (agentTyped: string) =>
    readDraft({ ...NEW_RULE, name: 'r', agentTyped }).issues.map(({ path }) => path);
  expect(paths('planner')).toEqual(['agentTyped']);
  expect(paths(' ')).toEqual([]);
});
