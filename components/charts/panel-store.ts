import type { LiveTail } from '#components/live/windows.ts';
import type { LiveMeasure } from '#lib/model/live.ts';
import type { MetricAnswer } from '#lib/model/metric.ts';
import { boundsOf, type TimeRange } from '#lib/model/time-range.ts';
import type { ChartPoints, ChartSource } from './draw/time-chart.tsx';
import { fetchHistory, fetchLastMinute, type HistoryQuery } from './history.ts';
import { scaleOf, type Unit } from './prepare/measures.ts';
import { alignLines, isLeftOutAt, type LineIn, withLiveEnd } from './prepare/merge.ts';

/** One line of a panel: what to ask the store for, and the live measure that continues it. */
export interface PanelLine {
  label: string;
  colour: number;
  question: Question;
  live?: LiveMeasure;
  /** What counts the calls that are not in the values, which are the known part only where it counts any. */
  leftOut?: { question: Question; live: LiveMeasure };
}

type Question = Pick<HistoryQuery, 'measure' | 'metric' | 'agentId' | 'environment'>;

/** What the legend says of a line. */
export interface LatestValue {
  value: number | null;
  isPart: boolean;
}

export type PanelState =
  | { kind: 'loading' }
  | { kind: 'ready'; empty: boolean; sampleSize: number; estimated: boolean; unpricedCalls: number }
  | { kind: 'error'; message: string };

/** A live panel is read again this often; in between its live end carries it. */
const REFRESH_MS = 60_000;
/** One without a live end, over a range short enough to be answered in windows of 10 s, this often. */
const BARE_REFRESH_MS = 10_000;
const SHORT_RANGE_MS = 3_600_000;

/** The points of one panel: stored history plus live end. Lives beside React and tells it only of its state. */
export class PanelStore implements ChartSource {
  #histories: LineIn[] = [];
  /** What is left out of each line; nothing for most. */
  #leftOut: (LineIn | undefined)[] = [];
  /** The last minute of lines that nothing live tells it of. */
  #minutes: (number | null | undefined)[] = [];
  #stepSeconds = 10;
  #state: PanelState = { kind: 'loading' };
  #pixels = 0;
  #inSight = false;
  #isDue = true;
  #listeners = new Set<() => void>();
  #stateListeners = new Set<() => void>();
  readonly lines: readonly PanelLine[];
  readonly unit: Unit;
  readonly range: TimeRange;
  readonly tail: LiveTail | null;

  constructor(lines: readonly PanelLine[], unit: Unit, range: TimeRange, tail: LiveTail | null) {
    this.lines = lines;
    this.unit = unit;
    this.range = range;
    this.tail = range.kind === 'live' ? tail : null;
  }

  state = (): PanelState => this.#state;

  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stopTail = this.tail?.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      stopTail?.();
    };
  }

  /** Tells when `latest` may say something else. */
  onLatest(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    const stopTail = this.tail?.onMinute(listener);
    return () => {
      this.#stateListeners.delete(listener);
      stopTail?.();
    };
  }

  read(): ChartPoints {
    const range = boundsOf(this.range, Date.now());
    const lines = this.lines.map((line, i) => this.#withLiveEnd(this.#histories[i], line.live));
    const columns = alignLines(lines, range, this.#stepSeconds);
    const isPart = this.lines.map(({ leftOut }, i) =>
      leftOut ? isLeftOutAt(columns[0], this.#withLiveEnd(this.#leftOut[i], leftOut.live)) : null,
    );
    return { columns, isPart, ...range };
  }

  #withLiveEnd(history: LineIn = { timesMs: [], values: [] }, live?: LiveMeasure): LineIn {
    return withLiveEnd(history, live && this.tail ? this.tail.read(live) : null);
  }

  /**
   * What the legend says of each line: the trailing minute while the range ends now, so that it is the
   * figure of the tiles; else the last value in the range.
   */
  latest(): LatestValue[] {
    const minutes = this.lines.map(
      (line, i) => (line.live && this.tail?.minute(line.live)) ?? this.#minutes[i],
    );
    // Told four times a second: the points are only put together for a line that needs them.
    const { columns, isPart } = minutes.includes(undefined) ? this.read() : { columns: [], isPart: [] };
    return minutes.map((minute, i) => {
      const live = this.lines[i]?.leftOut?.live;
      if (minute !== undefined)
        return { value: minute, isPart: live !== undefined && (this.tail?.minute(live) ?? 0) > 0 };
      const at = columns[i + 1]?.findLastIndex((value) => value !== null) ?? -1;
      return { value: columns[i + 1]?.[at] ?? null, isPart: isPart?.[i]?.[at] ?? false };
    });
  }

  /**
   * Loads once the panel is in sight and, for a range that ends now, again from time to time while it is: sixty
   * panels below each other ask no more than those that are seen. Returns how to stop.
   */
  start(pixels: number): () => void {
    this.#pixels = pixels;
    this.#loadIfSeen();
    if (this.range.kind === 'fixed') return () => {};
    const { fromMs, toMs } = boundsOf(this.range, 0);
    const everyMs = !this.#isContinued() && toMs - fromMs <= SHORT_RANGE_MS ? BARE_REFRESH_MS : REFRESH_MS;
    const becomeDue = () => {
      this.#isDue = true;
      this.#loadIfSeen();
    };
    const timer = setInterval(becomeDue, everyMs);
    document.addEventListener('visibilitychange', becomeDue);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', becomeDue);
    };
  }

  /** Tells whether the panel is on screen. */
  setInSight(inSight: boolean): void {
    this.#inSight = inSight;
    this.#loadIfSeen();
  }

  #loadIfSeen(): void {
    if (this.#isDue && this.#inSight && document.visibilityState === 'visible') void this.load();
  }

  async load(): Promise<void> {
    this.#isDue = false;
    const pixels = this.#pixels;
    const { fromMs, toMs } = boundsOf(this.range, Date.now());
    try {
      const ask = (question: Question) => fetchHistory({ ...question, fromMs, toMs, pixels });
      const [answers, leftOut] = await Promise.all([
        Promise.all(this.lines.map(({ question }) => ask(question))),
        Promise.all(this.lines.map((line) => line.leftOut && ask(line.leftOut.question))),
      ]);
      this.#minutes = await this.#askMinutes();
      this.#take(answers, leftOut);
    } catch (error) {
      // A panel that already shows something keeps it; the age of the data says the rest.
      if (this.#state.kind !== 'ready') {
        this.#set({ kind: 'error', message: error instanceof Error ? error.message : 'Unknown failure.' });
      }
    }
  }

  #isContinued(): boolean {
    return this.lines.some((line) => line.live && this.tail?.read(line.live));
  }

  /** A live panel without a live end asks for the minute that its legend says. */
  #askMinutes(): Promise<(number | null | undefined)[]> {
    const { tail } = this;
    const asks = (line: PanelLine) =>
      tail !== null &&
      line.live !== undefined &&
      !tail.read(line.live) &&
      tail.minute(line.live) === undefined;
    return Promise.all(
      this.lines.map((line) => {
        if (!asks(line)) return undefined;
        const scale = scaleOf(this.unit);
        return fetchLastMinute(line.question).then((value) => value && value * scale);
      }),
    );
  }

  #take(answers: readonly MetricAnswer[], leftOut: readonly (MetricAnswer | undefined)[]): void {
    this.#stepSeconds = Math.max(10, ...answers.map((answer) => answer.stepSeconds));
    this.#histories = answers.map((answer) => lineOf(answer, this.unit));
    this.#leftOut = leftOut.map((answer) => answer && lineOf(answer, 'perMinute'));
    const empty = this.#histories.every((line) => line.values.every((value) => value === null));
    const sampleSize = Math.max(0, ...answers.map((answer) => answer.sampleSize));
    const estimated = answers.some((answer) => answer.estimatedFromBuckets);
    const unpricedCalls = leftOut.reduce((sum, answer) => sum + (answer ? callsIn(answer) : 0), 0);
    this.#set({ kind: 'ready', empty, sampleSize, estimated, unpricedCalls });
    for (const listener of this.#listeners) listener();
  }

  #set(state: PanelState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}

/** How many calls the rates per minute of an answer stand for. */
export function callsIn(answer: MetricAnswer): number {
  const { timesMs, values } = lineOf(answer, 'perMinute');
  const counts = values.map(
    (value, i) => ((value ?? 0) * ((timesMs[i] ?? 0) - (answer.times[i] ?? 0))) / 60_000,
  );
  return Math.round(counts.reduce((sum, count) => sum + count, 0));
}

/**
 * The one line of an answer that isn't grouped, in the panel's unit, at the ends of its windows. The step that
 * is covered in part ends where it is covered: nothing is stamped with a time that is still to come.
 */
export function lineOf(answer: MetricAnswer, unit: Unit): LineIn {
  const scale = scaleOf(unit);
  const values = answer.lines[0]?.values ?? [];
  const times = answer.times.filter((time) => time < answer.coveredTo);
  return {
    timesMs: times.map((time) => Math.min(time + answer.stepSeconds * 1000, answer.coveredTo)),
    values: times.map((_, i) => {
      const value = values[i] ?? null;
      return value === null ? null : value * scale;
    }),
  };
}
