import { expect, test } from 'vitest';
import { type UsageSpan, usageOfRuns } from './run-usage.ts';

function span(spanId: string, parentSpanId: string | null, values: Partial<UsageSpan> = {}): UsageSpan {
  const counts = { inputTokens: 0, outputTokens: 0, hasUsage: false, cost: null };
  const usage = { isModelCall: false, isToolCall: false, ...counts };
  return { traceId: 't', spanId, parentSpanId, ...usage, ...values };
}

const call = { isModelCall: true, inputTokens: 10, outputTokens: 2, hasUsage: true, cost: 0.5 };

test('a run has the usage of everything below it, sub-agents included, and nothing of its siblings', () => {
  const usageOf = usageOfRuns([
    span('root', null),
    span('planner', 'root'),
    span('a', 'planner', call),
    span('tool', 'planner', { isToolCall: true }),
    span('sub', 'tool'),
    span('b', 'sub', call),
    span('other', 'root'),
    span('c', 'other', { ...call, cost: null }),
    span('elsewhere', 'planner', { ...call, traceId: 'u' }),
  ]);
  const planner = {
    modelCalls: 2,
    toolCalls: 1,
    inputTokens: 20,
    outputTokens: 4,
    cost: 1,
    unpricedCalls: 0,
  };
  expect(usageOf('t', 'planner')).toEqual(planner);
  expect(usageOf('t', 'root').modelCalls).toBe(3);
  expect(usageOf('t', 'other')).toMatchObject({ cost: null, unpricedCalls: 1 });
  expect(usageOf('t', 'root')).toMatchObject({ cost: 1, unpricedCalls: 1 });
});

test('spans that name each other as parents end, and a run that has not arrived is empty', () => {
  const usageOf = usageOfRuns([span('a', 'b', call), span('b', 'a', call)]);
  expect(usageOf('t', 'a').modelCalls).toBe(2);
  expect(usageOf('t', 'missing').modelCalls).toBe(0);
});
