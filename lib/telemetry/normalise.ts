import type { NormalisedSpan, Refusals } from '#lib/model/telemetry.ts';
import type { DecodedTraces } from './decode-traces.ts';
import { normaliseSpan } from './normalise-span.ts';
import { tellAncestors } from './repeats.ts';
import { isUnmapped, MEANINGS } from './tables/aliases.ts';
import { TraceMemory } from './trace-memory.ts';
import { placeInTrace, type Reattribution, settleWaiting } from './trace-position.ts';

/*
 * The way of a trace request:
 *
 *   const decoded = decodeTraces(bytes, { encoding, nowMs, maxAgeMs, maxFutureMs, captureContent });
 *   const result = normaliseTraces(decoded, { memory });   // memory: one TraceMemory per team
 *
 * `result.spans` go to the store and the live accumulators; `result.reattributed` are spans of earlier
 * requests that were counted for another agent until, now, the agent above them arrived. Metrics:
 * decodeMetrics. Logs: decodeLogs, then normaliseLogs with the same memory.
 */

export interface NormaliseOptions {
  /** What is known of earlier requests of the same team; without it a request stands alone. */
  memory?: TraceMemory;
  /** True keeps the messages in events; must agree with the decoder's option. */
  captureContent?: boolean;
}

export interface NormalisedTraces {
  spans: NormalisedSpan[];
  refusals: Refusals;
  reattributed: Reattribution[];
  /** GenAI attributes that no table knows, with the number of spans that carry them. */
  unmapped: Map<string, number>;
  /** Spans by the convention they follow. */
  conventions: Map<string, number>;
}

/** Most different keys that are named as unmapped. */
const MOST_UNMAPPED = 200;

/**
 * Understands the spans of one request: operation, agent, usage, cost, failure and hand-off of each.
 * Parents are found in the same request and in the memory of earlier ones.
 */
export function normaliseTraces(decoded: DecodedTraces, options: NormaliseOptions = {}): NormalisedTraces {
  const memory = options.memory ?? new TraceMemory(decoded.spans.length * 2 + 1);
  const result: NormalisedTraces = {
    spans: [],
    refusals: decoded.refusals,
    reattributed: [],
    unmapped: new Map(),
    conventions: new Map(),
  };
  const placed = decoded.spans.map((span) => placeInTrace(span, memory));
  for (const { facts } of placed) tellAncestors(facts);
  for (const entry of placed) {
    result.spans.push(normaliseSpan(entry, memory, options.captureContent === true));
    addOne(result.conventions, entry.reading.convention);
    for (const key of entry.span.attributes.keys()) {
      if (!MEANINGS.has(key) && isUnmapped(key) && result.unmapped.size < MOST_UNMAPPED) {
        addOne(result.unmapped, key);
      }
    }
  }
  for (const { facts } of placed) result.reattributed.push(...settleWaiting(facts, memory));
  return result;
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
