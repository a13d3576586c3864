import type { ChartSource } from '#components/charts/draw/time-chart.tsx';
import { fetchHistory } from '#components/charts/history.ts';
import { lineOf } from '#components/charts/panel-store.ts';
import { scaleOf } from '#components/charts/prepare/measures.ts';
import { alignLines, type Columns, type LineIn } from '#components/charts/prepare/merge.ts';
import type { Evidence } from './evidence.ts';

const PIXELS = 640;

export type EvidenceState = 'loading' | 'ready' | 'empty' | { failure: string };

/** The points behind an alert: one line, and its thresholds as level ones. */
export class EvidenceSource implements ChartSource {
  readonly #evidence: Evidence;
  #line: LineIn = { timesMs: [], values: [] };
  #stepSeconds = 10;
  #listeners = new Set<() => void>();
  #state: EvidenceState = 'loading';

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  state = (): EvidenceState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  read() {
    const { fromMs, toMs, thresholds, unit } = this.#evidence;
    const [times, values = []] = alignLines([this.#line], { fromMs, toMs }, this.#stepSeconds);
    const axis = [fromMs / 1000, ...times, toMs / 1000];
    // Levels stay whole where the line has a gap.
    const levels = thresholds.map(({ value }) => axis.map(() => value * scaleOf(unit)));
    const columns: Columns = [axis, [null, ...values, null], ...levels];
    return { columns, fromMs, toMs };
  }

  async load(): Promise<void> {
    const { question, fromMs, toMs, unit } = this.#evidence;
    try {
      const answer = await fetchHistory({ ...question, fromMs, toMs, pixels: PIXELS });
      this.#stepSeconds = answer.stepSeconds;
      this.#line = lineOf(answer, unit);
      this.#state = this.#line.values.every((value) => value === null) ? 'empty' : 'ready';
    } catch (error) {
      this.#state = { failure: error instanceof Error ? error.message : 'Unknown failure.' };
    }
    for (const listener of this.#listeners) listener();
  }
}
