import type { SeriesIdentity } from '#lib/model/telemetry.ts';
import type { MetricSource } from './live-accumulator.ts';

const INITIAL_STREAMS = 256;
/** How often streams that fell silent are looked for. */
const SWEEP_EVERY_MS = 10_000;
const NO_LINE = -1;

/** What is shown of one metric of one agent: the sum of the latest values of its streams that are not silent. */
interface Line {
  agentId: string;
  metric: string;
  sum: number;
  changed: boolean;
}

/**
 * The latest values of OTLP gauges and sums. Streams are numbered in the order they were added; taking a
 * point costs a few additions on typed arrays. Histograms have no latest value. A stream that was silent for as
 * long as an agent may be no longer counts, until it speaks again: its replica is gone.
 */
export class LiveMetrics implements MetricSource {
  #lineOfStream = new Int32Array(INITIAL_STREAMS);
  #last = new Float64Array(INITIAL_STREAMS);
  #heardAtMs = new Float64Array(INITIAL_STREAMS);
  #streams = 0;
  #nowMs = 0;
  #sweptAtMs = 0;
  readonly #lines: Line[] = [];
  readonly #lineByName = new Map<string, number>();
  #changed: Line[] = [];
  readonly #silentAfterMs: number;

  constructor(silentAfterMs: number) {
    this.#silentAfterMs = silentAfterMs;
  }

  /** Gives the next stream number to a series. */
  addStream(agentId: string, identity: SeriesIdentity): void {
    if (this.#streams === this.#last.length) this.#grow();
    const line = identity.kind.endsWith('histogram') ? NO_LINE : this.#lineOf(agentId, identity.metric);
    this.#lineOfStream[this.#streams] = line;
    this.#streams += 1;
  }

  /** Says when the points that follow were received, Unix milliseconds, and leaves out what is silent since long. */
  receiveAt(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (this.#nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = this.#nowMs;
    for (let stream = 0; stream < this.#streams; stream++) {
      const isSilent = this.#nowMs - (this.#heardAtMs[stream] as number) > this.#silentAfterMs;
      const line = this.#lines[this.#lineOfStream[stream] as number];
      if (!isSilent || line === undefined) continue;
      line.sum -= this.#last[stream] as number;
      this.#last[stream] = 0;
    }
  }

  /** Takes the newest value of a stream. */
  observe(stream: number, value: number): void {
    const index = this.#lineOfStream[stream] as number;
    if (index === NO_LINE) return;
    const line = this.#lines[index] as Line;
    line.sum += value - (this.#last[stream] as number);
    this.#last[stream] = value;
    this.#heardAtMs[stream] = this.#nowMs;
    if (line.changed) return;
    line.changed = true;
    this.#changed.push(line);
  }

  flush(startAgent: (agentId: string) => void, set: (metric: string, value: number) => void): void {
    let agentId = '';
    for (const line of this.#changed) {
      if (line.agentId !== agentId) startAgent(line.agentId);
      agentId = line.agentId;
      set(line.metric, line.sum);
      line.changed = false;
    }
    this.#changed = [];
  }

  #lineOf(agentId: string, metric: string): number {
    const name = `${agentId}\u0000${metric}`;
    let index = this.#lineByName.get(name);
    if (index === undefined) {
      index = this.#lines.length;
      this.#lines.push({ agentId, metric, sum: 0, changed: false });
      this.#lineByName.set(name, index);
    }
    return index;
  }

  #grow(): void {
    const lines = new Int32Array(this.#streams * 2);
    lines.set(this.#lineOfStream);
    this.#lineOfStream = lines;
    const last = new Float64Array(this.#streams * 2);
    last.set(this.#last);
    this.#last = last;
    const heardAtMs = new Float64Array(this.#streams * 2);
    heardAtMs.set(this.#heardAtMs);
    this.#heardAtMs = heardAtMs;
  }
}
