import { describe, expect, it } from 'vitest';
import { type CountedSpan, createLiveAccumulator } from './live-accumulator.ts';

function span(agentId: string, values: Partial<CountedSpan['span']> = {}): CountedSpan {
  return {
    agentId,
    span: {
      operation: 'invoke_agent',
      isAgentRun: true,
      isError: false,
      durationMs: 100,
      usage: null,
      costReported: null,
      costPriced: null,
      awaitsOwner: false,
      ...values,
    },
  };
}

const usage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 80,
  cacheWriteTokens: 0,
  reasoningTokens: 5,
};
const modelCall = { operation: 'chat' as const, isAgentRun: false, usage, costPriced: 0.0025 };

describe('live accumulator', () => {
  it('counts runs, errors, calls, tokens and cost of each agent into one tick', () => {
    const live = createLiveAccumulator();
    live.countSpans([span('a'), span('a', { isError: true }), span('a', modelCall)], 1_000);
    live.countSpans([span('b', { operation: 'execute_tool', isAgentRun: false })], 900);
    const tick = live.take('writer', 1_100);
    expect(tick).toMatchObject({
      seq: 1,
      oldest: 900,
      agentIds: ['a', 'b'],
      requests: [2, 0],
      errors: [1, 0],
      modelCalls: [1, 0],
      toolCalls: [0, 1],
      inputTokens: [100, 0],
      outputTokens: [20, 0],
      costMicros: [2_500, 0],
      lastSeenMs: [1_000, 900],
    });
    expect(tick.durations[0]?.[1]).toBe(2);
  });

  it('counts calls with tokens whose price is not known beside the cost of the others', () => {
    const live = createLiveAccumulator();
    const unpriced = span('a', { ...modelCall, costReported: null, costPriced: null });
    live.countSpans([span('a', modelCall), unpriced, unpriced, span('a')], 1);
    live.takeBack(live.countSpans([unpriced], 1));
    expect(live.take('writer', 2)).toMatchObject({ costMicros: [2_500], unpricedCalls: [2] });
  });

  it('takes a batch back exactly while its tick has not left', () => {
    const live = createLiveAccumulator();
    const kept = live.countSpans([span('a', modelCall)], 1);
    const lost = live.countSpans([span('a', { isError: true }), span('a', modelCall)], 1);
    live.takeBack(lost);
    const tick = live.take('writer', 2);
    expect(kept.spans).toHaveLength(1);
    expect(tick).toMatchObject({ requests: [0], errors: [0], inputTokens: [100], costMicros: [2_500] });
    expect(tick.durations).toEqual([[]]);
    expect(tick.resync).toBeUndefined();
  });

  it('asks receivers to reload when the tick of a lost batch has left', () => {
    const live = createLiveAccumulator();
    const lost = live.countSpans([span('a')], 1);
    expect(live.take('writer', 2).resync).toBeUndefined();
    live.takeBack(lost);
    expect(live.hasNews()).toBe(true);
    expect(live.take('writer', 3)).toMatchObject({ seq: 2, resync: true, agentIds: [] });
    expect(live.hasNews()).toBe(false);
  });

  it('moves a span to the agent it belongs to, also after its tick has left', () => {
    const live = createLiveAccumulator();
    const counted = span('service', modelCall);
    live.countSpans([counted], 1);
    live.take('writer', 2);
    live.move(counted, 'agent');
    const tick = live.take('writer', 3);
    expect(tick).toMatchObject({
      agentIds: ['service', 'agent'],
      modelCalls: [-1, 1],
      inputTokens: [-100, 100],
    });
    expect(tick.resync).toBeUndefined();
  });
});
