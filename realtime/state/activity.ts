import { TAIL_STEP_SECONDS, TAIL_WINDOWS, type Tail, WINDOW_COLUMNS } from '#lib/model/live.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';
import { WindowRing } from './window-ring.ts';

/**
 * What the realtime service remembers: last values, the last minute second by second, the last fifteen
 * minutes in windows of 10 s. All of it is rebuilt after a restart; nothing here is the only copy.
 *
 * This file holds the activity of one agent or of a whole team.
 */

const STEP_MS = TAIL_STEP_SECONDS * 1000;
const MINUTE = 60;
/** Windows whose sketch is kept: those that the trailing minute touches. */
const SKETCH_WINDOWS = 8;
const SUMS = [
  'requests',
  'errors',
  'inputTokens',
  'outputTokens',
  'costMicros',
  'modelCalls',
  'toolCalls',
  'unpricedCalls',
] as const;
const WIDTH = SUMS.length;

/** Increments of one tick. */
export type Counts = Record<(typeof SUMS)[number], number>;

/** A window that may still change, or whose durations a trailing minute asks for. */
interface Window {
  startMs: number;
  sums: Float64Array;
  sketch: Sketch | null;
  /** p50, p95, p99 as the store says them; null: those of the sketch. */
  quantiles: Quantiles | null;
}

type Quantiles = readonly [p50: number, p95: number, p99: number];
const NO_QUANTILES: Quantiles = [-1, -1, -1];

const rounded = (value: number | null): number => (value === null ? -1 : Math.round(value * 10) / 10);

function quantilesOf(sketch: Sketch | null): Quantiles {
  if (sketch === null || sketch.count === 0) return NO_QUANTILES;
  return [rounded(sketch.quantile(0.5)), rounded(sketch.quantile(0.95)), rounded(sketch.quantile(0.99))];
}

/**
 * Values by `WINDOW_COLUMNS` of the wire. What moves to the agent that is known later is taken back after it
 * was counted, and may outlive what it takes back: there is never less than nothing.
 */
function toColumns(sums: ArrayLike<number>, quantiles: Quantiles): number[] {
  const at = (index: number) => Math.max(0, sums[index] ?? 0);
  return [at(0), at(1), at(2), at(3), at(4), quantiles[0], quantiles[1], quantiles[2], at(5), at(6), at(7)];
}

/**
 * Running sums and percentiles of the last `seconds`: kept up as time goes on, so that reading them costs
 * nothing that grows with the time they span.
 */
class Trailing {
  readonly #seconds: number;
  readonly sums = new Float64Array(WIDTH);
  #second = 0;
  /** Everything since `#fromMs`, the start of the oldest window that is touched; null when to be rebuilt. */
  #sketch: Sketch | null = null;
  #fromMs = 0;
  #quantiles: Quantiles | null = null;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Takes out the seconds that are over by `second`. */
  advance(second: number, stamps: Float64Array, ring: Float64Array): void {
    if (second - this.#second >= this.#seconds) this.sums.fill(0);
    else {
      for (let gone = this.#second - this.#seconds + 1; gone <= second - this.#seconds; gone++) {
        const slot = gone % MINUTE;
        if (stamps[slot] !== gone) continue;
        for (let i = 0; i < WIDTH; i++) this.sums[i] = (this.sums[i] ?? 0) - (ring[slot * WIDTH + i] ?? 0);
      }
    }
    this.#second = Math.max(this.#second, second);
  }

  add(values: ArrayLike<number>, durations: readonly number[]): void {
    for (let i = 0; i < WIDTH; i++) this.sums[i] = (this.sums[i] ?? 0) + (values[i] ?? 0);
    if (durations.length === 0) return;
    this.#quantiles = null;
    if (this.#sketch) addPairs(this.#sketch, durations);
  }

  /** Percentiles of the windows that the time touches, so they may reach up to 10 s further back. */
  quantiles(nowMs: number, windows: readonly Window[]): Quantiles {
    if (this.sums[0] === 0) return NO_QUANTILES;
    const fromMs = Math.floor((nowMs - this.#seconds * 1000) / STEP_MS) * STEP_MS;
    if (this.#sketch === null || fromMs !== this.#fromMs) {
      this.#fromMs = fromMs;
      this.#quantiles = null;
      this.#sketch = new Sketch();
      for (let i = windows.length - 1; i >= 0; i--) {
        const window = windows[i];
        if (!window || window.startMs < fromMs) break;
        if (window.sketch) this.#sketch.merge(window.sketch);
      }
    }
    this.#quantiles ??= quantilesOf(this.#sketch);
    return this.#quantiles;
  }
}

function addPairs(sketch: Sketch, pairs: readonly number[]): void {
  for (let i = 0; i + 1 < pairs.length; i += 2) sketch.addToBin(pairs[i] ?? 0, pairs[i + 1] ?? 0);
}

/** A window as it is handed out: [start, ...WINDOW_COLUMNS]. */
function rowOf({ startMs, sums, quantiles, sketch }: Window): number[] {
  return [startMs, ...toColumns(sums, quantiles ?? quantilesOf(sketch))];
}

function windowOf([startMs = 0, ...values]: readonly number[], sketch: Sketch | null): Window {
  const at = (name: (typeof WINDOW_COLUMNS)[number]) => values[WINDOW_COLUMNS.indexOf(name)] ?? 0;
  return {
    startMs,
    sums: Float64Array.from(SUMS, at),
    sketch,
    quantiles: [at('p50'), at('p95'), at('p99')],
  };
}

/** Sums of the trailing minute and the windows of the last fifteen; windows without data do not exist. */
export class Activity {
  /** Second -> slot; `#stamps[slot]` says which second a slot holds. */
  #stamps = new Float64Array(MINUTE);
  #seconds = new Float64Array(MINUTE * WIDTH);
  readonly #minute = new Trailing(MINUTE);
  readonly #head = new Trailing(TAIL_STEP_SECONDS);
  #windows: Window[] = [];
  /** Windows before those, which change no more. */
  readonly #older = new WindowRing(TAIL_WINDOWS);
  /** Start of the newest window that was handed out as closed. */
  #closedUpToMs = 0;
  #second = 0;
  #lastMs = 0;

  /** When something was last counted, Unix milliseconds; 0 for never. */
  get lastMs(): number {
    return this.#lastMs;
  }

  get isEmpty(): boolean {
    return this.#windows.length === 0 && this.#older.length === 0;
  }

  /** Counts increments and run durations (sketch pairs) at a moment. */
  add(atMs: number, counts: Counts, durations: readonly number[]): void {
    const second = this.#advance(atMs);
    const slot = second % MINUTE;
    const offset = slot * WIDTH;
    if (this.#stamps[slot] !== second) {
      this.#stamps[slot] = second;
      this.#seconds.fill(0, offset, offset + WIDTH);
    }
    const window = this.#windowAt(atMs);
    const values = SUMS.map((name) => counts[name]);
    for (let i = 0; i < WIDTH; i++) {
      this.#seconds[offset + i] = (this.#seconds[offset + i] ?? 0) + (values[i] ?? 0);
      window.sums[i] = (window.sums[i] ?? 0) + (values[i] ?? 0);
    }
    if (durations.length > 0) {
      window.sketch ??= new Sketch();
      addPairs(window.sketch, durations);
    }
    this.#minute.add(values, durations);
    this.#head.add(values, durations);
    this.#lastMs = atMs;
  }

  /** The trailing minute by `WINDOW_COLUMNS`. */
  minute(nowMs: number): number[] {
    this.#advance(nowMs);
    return toColumns(this.#minute.sums, this.#minute.quantiles(nowMs, this.#windows));
  }

  /** The trailing 10 s by `WINDOW_COLUMNS`; its percentiles are those of the windows that it touches. */
  head(nowMs: number): number[] {
    this.#advance(nowMs);
    return toColumns(this.#head.sums, this.#head.quantiles(nowMs, this.#windows));
  }

  /** Windows that closed since the last call, [start, ...WINDOW_COLUMNS]. */
  close(nowMs: number): number[][] {
    const open = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const isNew = ([startMs = 0]: readonly number[]) => startMs > this.#closedUpToMs;
    const older = this.#older.newestMs > this.#closedUpToMs ? this.#older.rows().filter(isNew) : [];
    const recent = this.#windows.filter(({ startMs }) => startMs < open && startMs > this.#closedUpToMs);
    const closed = [...older, ...recent.map(rowOf)];
    this.#closedUpToMs = closed.at(-1)?.[0] ?? this.#closedUpToMs;
    this.forget(nowMs);
    return closed;
  }

  /** The closed windows, oldest first. */
  tail(nowMs: number): Tail {
    const open = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const closed = this.#windows.filter((window) => window.startMs < open);
    const rows = [...this.#older.rows(), ...closed.map(rowOf)];
    return {
      starts: rows.map(([startMs = 0]) => startMs),
      columns: WINDOW_COLUMNS.map((_, column) => rows.map((row) => row[column + 1] ?? 0)),
    };
  }

  /** Replaces closed windows by what the store says about them; windows it does not speak of stay. */
  load(tail: Tail): void {
    const stored = tail.starts.map((startMs, i) => [
      startMs,
      ...WINDOW_COLUMNS.map((_, column) => tail.columns[column]?.[i] ?? 0),
    ]);
    const recentFromMs = this.#windows[0]?.startMs ?? Number.POSITIVE_INFINITY;
    const older = new Map(this.#older.rows().map((row) => [row[0] ?? 0, row]));
    for (const row of stored) if ((row[0] ?? 0) < recentFromMs) older.set(row[0] ?? 0, row);
    this.#older.replace([...older.values()].sort(([a = 0], [b = 0]) => a - b));
    const recent = new Map(this.#windows.map((window) => [window.startMs, window]));
    for (const row of stored) {
      const startMs = row[0] ?? 0;
      if (startMs >= recentFromMs) recent.set(startMs, windowOf(row, recent.get(startMs)?.sketch ?? null));
    }
    this.#windows = [...recent.values()].sort((a, b) => a.startMs - b.startMs);
  }

  /** Lets go what is too old; windows that closed are still handed out. */
  forget(nowMs: number): void {
    const settledMs = nowMs - SKETCH_WINDOWS * STEP_MS;
    const settled = this.#windows.findIndex(({ startMs }) => startMs > settledMs);
    const count = settled === -1 ? this.#windows.length : settled;
    for (const window of this.#windows.splice(0, count)) this.#older.push(rowOf(window));
    this.#older.dropBefore(nowMs - TAIL_WINDOWS * STEP_MS);
  }

  #windowAt(atMs: number): Window {
    const startMs = Math.floor(atMs / STEP_MS) * STEP_MS;
    const newest = this.#windows.at(-1);
    if (newest && newest.startMs >= startMs) return newest;
    const window: Window = { startMs, sums: new Float64Array(WIDTH), sketch: null, quantiles: null };
    this.#windows.push(window);
    return window;
  }

  /** Moves time on; the second that is now, which never goes back. */
  #advance(nowMs: number): number {
    this.#second = Math.max(this.#second, Math.floor(nowMs / 1000));
    this.#minute.advance(this.#second, this.#stamps, this.#seconds);
    this.#head.advance(this.#second, this.#stamps, this.#seconds);
    return this.#second;
  }
}
