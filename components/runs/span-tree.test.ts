import { expect, test } from 'vitest';
import type { RunSpanView } from '#lib/model/run.ts';
import { spanTree } from './span-tree.ts';

const span = (spanId: string, parentSpanId: string | null): RunSpanView => ({
  ...{ spanId, parentSpanId, name: spanId, operation: 'step', agentName: '', startedAt: 0, durationMs: 1 },
  ...{ status: 'ok', errorType: null, hasContent: false, isErased: false },
});
const drawn = (spans: RunSpanView[]) =>
  spanTree(spans).map((line) => `${'-'.repeat(line.depth)}${line.span.spanId}`);

test('spans stand below their parents in the order of their start, orphans at the left', () => {
  expect(drawn([span('a', null), span('b', 'a'), span('o', 'gone'), span('c', 'b'), span('d', 'a')])).toEqual(
    [...['a', '-b', '--c', '-d', 'o']],
  );
});

test('parents in a circle hold up nothing and lose no span', () => {
  expect(drawn([span('r', null), span('a', 'b'), span('b', 'a'), span('s', 's')])).toEqual([
    'r',
    'a',
    'b',
    's',
  ]);
});
