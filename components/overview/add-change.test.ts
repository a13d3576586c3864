import { expect, test } from 'vitest';
import { addChange } from './add-change.ts';

const event = (at: number) => ({
  type: 'agent.health' as const,
  agentId: '01890a5d-ac96-774b-bcce-b302099a8057',
  from: 'running' as const,
  to: 'error' as const,
  reason: 'every run failed',
  at,
});

test('a change is told once, newest first, and the list stays bounded', () => {
  const once = addChange([], event(5), 'planner');
  expect(addChange(once, event(5), 'planner')).toBe(once);
  expect(
    addChange(addChange(once, event(9), 'planner'), event(7), 'planner').map((change) => change.at),
  ).toEqual([9, 7, 5]);
  let many = addChange([], event(0), 'planner');
  for (let i = 1; i < 80; i++) many = addChange(many, event(i), 'planner');
  expect(many).toHaveLength(50);
});
