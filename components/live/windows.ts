import { knownCost } from '#lib/model/cost.ts';
import {
  type LiveMeasure,
  type LiveTotals,
  TAIL_WINDOWS,
  type Tail,
  WINDOW_COLUMNS,
} from '#lib/model/live.ts';

/**
 * Live data in the browser: the connection to the realtime service, the state it carries and the hooks
 * that pages read it with. Points never enter React state.
 *
 * This file holds one tail of 10-second windows in typed arrays, and what a window says.
 */

const WIDTH = WINDOW_COLUMNS.length;
const STEP_MS = 10_000;
const column = Object.fromEntries(WINDOW_COLUMNS.map((name, index) => [name, index])) as Record<
  (typeof WINDOW_COLUMNS)[number],
  number
>;

const none = (value: number | undefined): number | null => (value === undefined || value < 0 ? null : value);

/** What sums over `seconds` say about a measure; null when there is nothing to say. */
function measureOf(
  sums: ArrayLike<number>,
  offset: number,
  seconds: number,
  measure: LiveMeasure,
): number | null {
  const at = (name: (typeof WINDOW_COLUMNS)[number]) => sums[offset + column[name]] ?? 0;
  const perMinute = 60 / seconds;
  switch (measure) {
    case 'requests':
      return at('requests') * perMinute;
    case 'errors':
      return at('errors') * perMinute;
    case 'error_rate':
      return at('requests') > 0 ? Math.min(1, at('errors') / at('requests')) : null;
    case 'latency_p50':
      return none(at('p50'));
    case 'latency_p95':
      return none(at('p95'));
    case 'latency_p99':
      return none(at('p99'));
    case 'input_tokens':
      return at('inputTokens') * perMinute;
    case 'output_tokens':
      return at('outputTokens') * perMinute;
    case 'tokens':
      return (at('inputTokens') + at('outputTokens')) * perMinute;
    case 'cost':
      return knownCost((at('costMicros') / 1e6) * (3600 / seconds), at('unpricedCalls'));
    case 'unpriced_calls':
      return at('unpricedCalls') * perMinute;
  }
}

/** Totals from sums over the trailing 60 s. */
export function totalsOf(minute: readonly number[], atMs: number): LiveTotals {
  const value = (measure: LiveMeasure) => measureOf(minute, 0, 60, measure);
  return {
    requestsPerMin: value('requests') ?? 0,
    errorsPerMin: value('errors') ?? 0,
    errorRate: value('error_rate'),
    p50Ms: value('latency_p50'),
    p95Ms: value('latency_p95'),
    p99Ms: value('latency_p99'),
    inputTokensPerMin: value('input_tokens') ?? 0,
    outputTokensPerMin: value('output_tokens') ?? 0,
    tokensPerMin: value('tokens') ?? 0,
    modelCallsPerMin: minute[column.modelCalls] ?? 0,
    toolCallsPerMin: minute[column.toolCalls] ?? 0,
    costPerHour: value('cost'),
    unpricedCallsPerMin: minute[column.unpricedCalls] ?? 0,
    atMs,
  };
}

/** Points of a line: `timesMs[i]` is the end of the window that `values[i]` sums up, ascending. */
export interface LinePoints {
  timesMs: number[];
  values: (number | null)[];
}

/** The live side of a panel, read outside React. */
export interface LiveTail {
  /** The points that continue a stored line; null when there are none to come. */
  read(measure: LiveMeasure): LinePoints | null;
  /** A measure over the trailing minute, as the tiles show it; undefined when it isn't known live. */
  minute(measure: LiveMeasure): number | null | undefined;
  /** Told in step with the tiles, so that both say the same. */
  onMinute(listener: () => void): () => void;
  subscribe(listener: () => void): () => void;
}

/** The last 15 minutes of windows and a head that moves with every delta, in typed arrays. */
export class WindowTail implements LiveTail {
  #starts = new Float64Array(TAIL_WINDOWS);
  #sums = new Float64Array(TAIL_WINDOWS * WIDTH);
  #next = 0;
  #length = 0;
  #head: readonly number[] | null = null;
  #minute: readonly number[] | null = null;
  #headAtMs = 0;
  #listeners = new Set<() => void>();
  #minuteListeners = new Set<() => void>();

  /** Replaces everything. */
  load(tail: Tail, head: readonly number[], atMs: number): void {
    this.#next = 0;
    this.#length = 0;
    tail.starts.forEach((start, i) => {
      this.#push(
        start,
        tail.columns.map((values) => values[i] ?? 0),
      );
    });
    this.setHead(head, atMs);
  }

  /** Adds a closed window: [start, ...WINDOW_COLUMNS]. A window that is already there is replaced. */
  append(window: readonly number[]): void {
    const start = window[0] ?? 0;
    const newest = this.#starts[(this.#next + TAIL_WINDOWS - 1) % TAIL_WINDOWS] ?? 0;
    if (this.#length > 0 && start < newest) return;
    if (this.#length > 0 && start === newest) {
      this.#next = (this.#next + TAIL_WINDOWS - 1) % TAIL_WINDOWS;
      this.#length--;
    }
    this.#push(start, window.slice(1));
  }

  /** Moves the head to a moment; without sums they are what they were. */
  setHead(sums: readonly number[] | undefined, atMs: number): void {
    if (sums) this.#head = sums;
    this.#headAtMs = atMs;
  }

  /** Sums over the trailing 60 s. */
  setMinute(sums: readonly number[] | undefined): void {
    if (sums) this.#minute = sums;
  }

  minute = (measure: LiveMeasure): number | null | undefined =>
    this.#minute === null ? undefined : measureOf(this.#minute, 0, 60, measure);

  onMinute = (listener: () => void): (() => void) => {
    this.#minuteListeners.add(listener);
    return () => this.#minuteListeners.delete(listener);
  };

  /** Tells who shows the trailing minute; called with the tiles. */
  tellMinute(): void {
    for (const listener of this.#minuteListeners) listener();
  }

  /** Tells the listeners, after a delta was applied whole. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The line of one measure, closed windows first, then the head; null where there was no data. */
  read(measure: LiveMeasure): LinePoints {
    const timesMs: number[] = [];
    const values: (number | null)[] = [];
    for (let n = 0; n < this.#length; n++) {
      const slot = (this.#next - this.#length + n + TAIL_WINDOWS) % TAIL_WINDOWS;
      const startMs = this.#starts[slot] ?? 0;
      const lastMs = timesMs.at(-1);
      if (lastMs !== undefined && startMs > lastMs) {
        timesMs.push(startMs);
        values.push(null);
      }
      timesMs.push(startMs + STEP_MS);
      values.push(measureOf(this.#sums, slot * WIDTH, 10, measure));
    }
    if (this.#head !== null && this.#headAtMs > (timesMs.at(-1) ?? 0)) {
      const isEmpty = this.#head.every((value) => value <= 0);
      timesMs.push(this.#headAtMs);
      values.push(isEmpty ? null : measureOf(this.#head, 0, 10, measure));
    }
    return { timesMs, values };
  }

  #push(start: number, sums: readonly number[]): void {
    this.#starts[this.#next] = start;
    this.#sums.set(sums.slice(0, WIDTH), this.#next * WIDTH);
    this.#next = (this.#next + 1) % TAIL_WINDOWS;
    this.#length = Math.min(this.#length + 1, TAIL_WINDOWS);
  }
}
