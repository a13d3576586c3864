import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NormalisedSpan, Operation } from '#lib/model/telemetry.ts';
import { normaliseTraces } from '#lib/telemetry/normalise.ts';
import type { RawSpan } from '#lib/telemetry/otlp/raw.ts';
import { RefusalCount } from '#lib/telemetry/otlp/refusals.ts';
import { TraceMemory } from '#lib/telemetry/trace-memory.ts';
import { findRepeats } from './repeated-usage.ts';

interface Made {
  operation: Operation;
  /** Position of the parent, one before its own; the first is the root. */
  parent: number;
  reports: 'nothing' | 'tokens' | 'cost' | 'both';
}

const spanId = (position: number): string => (position + 1).toString(16).padStart(16, '0');

/** Span `position` reports 2 to its power, so that every sum tells what was counted. */
function raw({ operation, parent, reports }: Made, position: number): RawSpan {
  const attributes = new Map<string, string | number>([['gen_ai.operation.name', operation]]);
  if (operation === 'invoke_agent') attributes.set('gen_ai.agent.name', `agent ${position}`);
  if (reports === 'tokens' || reports === 'both') attributes.set('gen_ai.usage.input_tokens', 2 ** position);
  if (reports === 'cost' || reports === 'both') attributes.set('gen_ai.usage.cost', 2 ** position);
  return {
    ...{ resource: new Map([['service.name', 'shop']]), scope: { name: 'test', version: '1' } },
    ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: spanId(position), kind: 1 },
    ...{ parentSpanId: position === 0 ? null : spanId(parent), name: 'span' },
    ...{ startNs: 1_795_000_000_000_000_000n, endNs: 1_795_000_000_250_000_000n },
    ...{ attributes, events: [], statusCode: 0, statusMessage: '', droppedItems: 0 },
  };
}

const take = (spans: RawSpan[], memory?: TraceMemory): NormalisedSpan[] =>
  normaliseTraces({ spans, refusals: new RefusalCount() }, memory && { memory }).spans;

/** What counts: positions of spans whose tokens, cost and call do. */
function counted(rows: Iterable<Pick<NormalisedSpan, 'spanId' | 'operation' | 'usage' | 'costReported'>>) {
  return [...rows]
    .map(({ spanId: id, operation, usage, costReported }) => [
      Number.parseInt(id, 16) - 1,
      operation,
      usage?.inputTokens ?? null,
      costReported,
    ])
    .sort(([a], [b]) => Number(a) - Number(b));
}

/** The store and its worker: rows of spans, and whether the trace waits to be looked at. */
function makeStore() {
  const rows = new Map<string, NormalisedSpan>();
  let waits = false;
  return {
    rows,
    store(spans: readonly NormalisedSpan[]): void {
      for (const span of spans) {
        if (rows.has(span.spanId)) continue;
        rows.set(span.spanId, span);
        waits ||= span.awaitsTrace;
      }
    },
    look(): void {
      if (!waits) return;
      const found = findRepeats(
        [...rows.values()].map((span) => ({
          ...{ traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentSpanId, endMs: 0 },
          ...{ operation: span.operation, repeats: span.repeats },
          ...{ countsTokens: span.usage !== null, countsReportedCost: span.costReported !== null },
        })),
      );
      for (const { spanId: id, repeats } of found.repeating) {
        const span = rows.get(id) as NormalisedSpan;
        rows.set(id, {
          ...{ ...span, repeats, usage: repeats & 1 ? null : span.usage },
          costReported: repeats & 2 ? null : span.costReported,
          operation: repeats & 4 ? 'step' : span.operation,
        });
      }
      waits = found.isOpen;
    },
  };
}

const operation = fc.constantFrom<Operation>('invoke_agent', 'step', 'chat', 'chat', 'execute_tool');
const made = fc.record({
  operation,
  parent: fc.nat(),
  reports: fc.constantFrom('nothing' as const, 'tokens' as const, 'cost' as const, 'both' as const),
});
const trace = fc
  .array(made, { minLength: 2, maxLength: 8 })
  .map((spans) => spans.map((span, i) => ({ ...span, parent: i === 0 ? 0 : span.parent % i })));
/**
 * The spans of a trace in the order they come: each to one of three processes, that was killed before or not, in a
 * request of its own or together with the next, again or not, and a worker that looks afterwards or not.
 */
const way = trace.chain((spans) => {
  const positions = [...spans.keys()];
  const delivery = fc.record({
    ...{ process: fc.nat({ max: 2 }), killed: fc.boolean(), looked: fc.boolean() },
    ...{ together: fc.boolean(), again: fc.boolean() },
  });
  return fc.record({
    all: fc.constant(spans.map(raw)),
    order: fc.shuffledSubarray(positions, { minLength: spans.length }),
    deliveries: fc.array(delivery, { minLength: spans.length, maxLength: spans.length }),
  });
});

test('telemetry 4.5: whatever came to which process in which order, sent twice or after kill -9, in the end the same counts as if one process had seen all', () => {
  fc.assert(
    fc.property(way, ({ all, order, deliveries }) => {
      const memories = [new TraceMemory(), new TraceMemory(), new TraceMemory()];
      const { store, look, rows } = makeStore();
      let sent: RawSpan[] = [];
      deliveries.forEach(({ process, killed, looked, together, again }, i) => {
        sent.push(...order.slice(i, i + 1).flatMap((position) => all[position] ?? []));
        if (together) return;
        if (killed) memories[process] = new TraceMemory();
        store(take(sent, memories[process]));
        if (again) store(take(sent, memories[(process + 1) % 3]));
        if (looked) look();
        sent = [];
      });
      store(take(sent, memories[0]));
      look();
      expect(counted(rows.values())).toEqual(counted(take(all)));
    }),
    { numRuns: 400 },
  );
});
