import { TAIL_STEP_SECONDS, TAIL_WINDOWS, type Tail, WINDOW_COLUMNS } from '#lib/model/live.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';

/**
 * What the realtime service remembers: last values, the last minute second by second, the last fifteen
 * minutes in windows of 10 s. All of it is rebuilt after a restart; nothing here is the only copy.
 *
 * This file holds the activity of one agent or of a whole team.
 */

const STEP_MS = TAIL_STEP_SECONDS * 1000;
const MINUTE = 60;
/** Windows whose sketch is kept: those that overlap the trailing minute. */
const SKETCH_WINDOWS = 7;
const SUMS = [
  'requests',
  'errors',
  'inputTokens',
  'outputTokens',
  'costMicros',
  'modelCalls',
  'toolCalls',
] as const;
const WIDTH = SUMS.length;

/** Increments of one tick. */
export type Counts = Record<(typeof SUMS)[number], number>;

interface Window {
  startMs: number;
  sums: Float64Array;
  sketch: Sketch | null;
  /** p50, p95, p99 once the sketch is gone. */
  quantiles: readonly [number, number, number] | null;
}

const rounded = (value: number | null): number => (value === null ? -1 : Math.round(value * 10) / 10);

function quantilesOf(sketch: Sketch | null): readonly [number, number, number] {
  if (sketch === null || sketch.count === 0) return [-1, -1, -1];
  return [rounded(sketch.quantile(0.5)), rounded(sketch.quantile(0.95)), rounded(sketch.quantile(0.99))];
}

/** Values by `WINDOW_COLUMNS` of the wire. */
function toColumns(sums: ArrayLike<number>, quantiles: readonly [number, number, number]): number[] {
  const [requests = 0, errors = 0, inputTokens = 0, outputTokens = 0, costMicros = 0, model = 0, tool = 0] =
    Array.from(sums);
  return [requests, errors, inputTokens, outputTokens, costMicros, ...quantiles, model, tool];
}

/** Sums of the trailing minute and the windows of the last fifteen; windows without data do not exist. */
export class Activity {
  /** Second -> slot; `#stamps[slot]` says which second a slot holds. */
  #stamps = new Float64Array(MINUTE);
  #seconds = new Float64Array(MINUTE * WIDTH);
  #windows: Window[] = [];
  /** Start of the newest window that was handed out as closed. */
  #closedUpToMs = 0;
  #lastMs = 0;

  /** When something was last counted, Unix milliseconds; 0 for never. */
  get lastMs(): number {
    return this.#lastMs;
  }

  get isEmpty(): boolean {
    return this.#windows.length === 0;
  }

  /** Counts increments and run durations (sketch pairs) at a moment. */
  add(atMs: number, counts: Counts, durations: readonly number[]): void {
    const second = Math.floor(atMs / 1000);
    const slot = second % MINUTE;
    const offset = slot * WIDTH;
    if (this.#stamps[slot] !== second) {
      this.#stamps[slot] = second;
      this.#seconds.fill(0, offset, offset + WIDTH);
    }
    const window = this.#windowAt(atMs);
    for (let i = 0; i < WIDTH; i++) {
      const value = counts[SUMS[i] as (typeof SUMS)[number]];
      this.#seconds[offset + i] = (this.#seconds[offset + i] ?? 0) + value;
      window.sums[i] = (window.sums[i] ?? 0) + value;
    }
    for (let i = 0; i + 1 < durations.length; i += 2) {
      window.sketch ??= new Sketch();
      window.sketch.addToBin(durations[i] ?? 0, durations[i + 1] ?? 0);
    }
    this.#lastMs = atMs;
  }

  /** The trailing minute by `WINDOW_COLUMNS`. */
  minute(nowMs: number): number[] {
    return this.#since(nowMs, MINUTE);
  }

  /** The trailing 10 s by `WINDOW_COLUMNS`; its percentiles are those of the windows that it touches. */
  head(nowMs: number): number[] {
    return toColumns(
      this.#trailing(nowMs, TAIL_STEP_SECONDS),
      quantilesOf(this.#sketchSince(nowMs - STEP_MS)),
    );
  }

  /** Windows that closed since the last call, [start, ...WINDOW_COLUMNS]; forgets what is too old. */
  close(nowMs: number): number[][] {
    const open = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const closed: number[][] = [];
    for (const window of this.#windows) {
      if (window.startMs >= open || window.startMs <= this.#closedUpToMs) continue;
      closed.push([window.startMs, ...this.#columnsOf(window)]);
      this.#closedUpToMs = window.startMs;
    }
    this.#forget(nowMs);
    return closed;
  }

  /** The closed windows, oldest first. */
  tail(nowMs: number): Tail {
    const open = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const closed = this.#windows.filter((window) => window.startMs < open);
    const rows = closed.map((window) => this.#columnsOf(window));
    return {
      starts: closed.map((window) => window.startMs),
      columns: WINDOW_COLUMNS.map((_, column) => rows.map((row) => row[column] ?? 0)),
    };
  }

  /** Replaces closed windows by what the store says about them; windows it does not speak of stay. */
  load(tail: Tail): void {
    const stored = new Set(tail.starts);
    const kept = this.#windows.filter((window) => !stored.has(window.startMs));
    const loaded = tail.starts.map((startMs, i): Window => {
      const at = (name: (typeof WINDOW_COLUMNS)[number]) =>
        tail.columns[WINDOW_COLUMNS.indexOf(name)]?.[i] ?? 0;
      return {
        startMs,
        sums: Float64Array.from(SUMS, at),
        sketch: this.#windows.find((window) => window.startMs === startMs)?.sketch ?? null,
        quantiles: [at('p50'), at('p95'), at('p99')],
      };
    });
    this.#windows = [...kept, ...loaded].sort((a, b) => a.startMs - b.startMs);
  }

  #windowAt(atMs: number): Window {
    const startMs = Math.floor(atMs / STEP_MS) * STEP_MS;
    const newest = this.#windows.at(-1);
    if (newest && newest.startMs >= startMs) return newest;
    const window: Window = { startMs, sums: new Float64Array(WIDTH), sketch: null, quantiles: null };
    this.#windows.push(window);
    return window;
  }

  /** Percentiles come from whole windows, so they may reach up to 10 s further back than the sums. */
  #since(nowMs: number, seconds: number): number[] {
    const sums = this.#trailing(nowMs, seconds);
    const sketch = sums[0] === 0 ? null : this.#sketchSince(nowMs - seconds * 1000);
    return toColumns(sums, quantilesOf(sketch));
  }

  #trailing(nowMs: number, seconds: number): Float64Array {
    const now = Math.floor(nowMs / 1000);
    const sums = new Float64Array(WIDTH);
    for (let second = now - seconds + 1; second <= now; second++) {
      const slot = second % MINUTE;
      if (this.#stamps[slot] !== second) continue;
      for (let i = 0; i < WIDTH; i++) sums[i] = (sums[i] ?? 0) + (this.#seconds[slot * WIDTH + i] ?? 0);
    }
    return sums;
  }

  #sketchSince(fromMs: number): Sketch | null {
    let merged: Sketch | null = null;
    for (let i = this.#windows.length - 1; i >= 0; i--) {
      const window = this.#windows[i];
      if (!window || window.startMs + STEP_MS <= fromMs) break;
      if (window.sketch === null) continue;
      merged ??= new Sketch();
      merged.merge(window.sketch);
    }
    return merged;
  }

  #columnsOf(window: Window): number[] {
    return toColumns(window.sums, window.quantiles ?? quantilesOf(window.sketch));
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - TAIL_WINDOWS * STEP_MS;
    while ((this.#windows[0]?.startMs ?? Number.POSITIVE_INFINITY) < oldest) this.#windows.shift();
    const sketchless = nowMs - SKETCH_WINDOWS * STEP_MS;
    for (const window of this.#windows) {
      if (window.startMs > sketchless) break;
      window.quantiles ??= quantilesOf(window.sketch);
      window.sketch = null;
    }
  }
}
