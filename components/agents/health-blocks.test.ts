import { expect, test } from 'vitest';
import { healthBlocks, shareWell } from './health-blocks.ts';

const span = { fromMs: 0, toMs: 400, knownFromMs: 0 };

test('a block shows the most urgent status that held in it', () => {
  const transitions = [
    { at: 250, from: 'error', to: 'running' } as const,
    { at: 150, from: 'running', to: 'error' } as const,
  ];
  expect(healthBlocks(transitions, 'running', span, 4).map((block) => block.status)).toEqual([
    'running',
    'error',
    'error',
    'running',
  ]);
});

test('without a transition the present holds for as long as the agent is known, and no longer', () => {
  expect(healthBlocks([], 'degraded', { ...span, knownFromMs: 200 }, 4).map((block) => block.status)).toEqual(
    [null, null, 'degraded', 'degraded'],
  );
});

test('the share of well time leaves out what is not known', () => {
  const blocks = healthBlocks(
    [{ at: 300, from: 'running', to: 'error' }],
    'error',
    { ...span, knownFromMs: 100 },
    4,
  );
  expect(shareWell(blocks, 100)).toBeCloseTo(2 / 3);
  expect(shareWell([], 0)).toBeNull();
});

test('nothing is said of an agent that is not known for a whole block yet', () => {
  const young = { ...span, knownFromMs: 350 };
  const blocks = healthBlocks([{ at: 360, from: 'degraded', to: 'running' }], 'running', young, 4);
  expect(blocks.map(({ status }) => status)).toEqual([null, null, null, 'degraded']);
  expect(shareWell(blocks, 350)).toBeNull();
});
