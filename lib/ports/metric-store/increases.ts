import { Sketch } from '#lib/telemetry/sketch.ts';

/** One point of a cumulative stream as it was sent. */
export interface CumulativeSample {
  timeMs: number;
  /** When counting began; 0 when the sender does not say. */
  startMs: number;
  value: number;
}

/** A cumulative histogram is a cumulative stream of its count, with more attached. */
export interface HistogramSample extends CumulativeSample {
  sum: number;
  min: number | null;
  max: number | null;
  sketch: Sketch;
}

/** From which a first sample counts whole: its stream began so shortly before that nothing can be missing. */
const FRESH_MS = 600_000;

/**
 * Where the increase of a sample starts from: an earlier sample, zero (`from-zero`: the stream began or was
 * reset), or nowhere (`baseline`: nothing is known of what was counted before, so nothing is added).
 */
type Origin<S> = S | 'from-zero' | 'baseline';

function originOf<S extends CumulativeSample>(
  sample: S,
  sameStart: S | undefined,
  latest: S | undefined,
): Origin<S> {
  if (sameStart) return sample.value < sameStart.value ? 'from-zero' : sameStart;
  if (sample.startMs === 0) return 'baseline';
  if (latest && sample.startMs >= latest.timeMs) return 'from-zero';
  return sample.timeMs - sample.startMs <= FRESH_MS ? 'from-zero' : 'baseline';
}

/**
 * Pairs each sample with what its increase starts from. Samples with different starts are different streams
 * under one name (a process before and after its restart, or two that share an identity), each with its own
 * line of increases. A sample that was sent twice counts once.
 *
 * @param samples of one series in one window, in any order
 * @param earlier samples of the series before the window, in any order; the latest of each start is used
 */
function* withOrigins<S extends CumulativeSample>(samples: readonly S[], earlier: readonly S[]) {
  const byTime = (a: S, b: S): number => a.timeMs - b.timeMs;
  const latestOfStart = new Map<number, S>();
  let latest: S | undefined;
  for (const sample of earlier.toSorted(byTime)) {
    latestOfStart.set(sample.startMs, sample);
    latest = sample;
  }
  for (const sample of samples.toSorted(byTime)) {
    const before = latestOfStart.get(sample.startMs);
    if (before && before.timeMs >= sample.timeMs) continue;
    yield [sample, originOf(sample, before, latest)] as const;
    latestOfStart.set(sample.startMs, sample);
    latest = sample;
  }
}

/** The increases of a cumulative sum; see {@link withOrigins}. A baseline adds 0. */
export function sumIncreases(samples: readonly CumulativeSample[], earlier: readonly CumulativeSample[]) {
  return [...withOrigins(samples, earlier)].map(([sample, origin]) => ({
    timeMs: sample.timeMs,
    sent: sample.value,
    value: origin === 'baseline' ? 0 : sample.value - (origin === 'from-zero' ? 0 : origin.value),
  }));
}

/** The observations that a cumulative histogram gained; null when nothing is known of what came before. */
function gained(sample: HistogramSample, origin: Origin<HistogramSample>): HistogramSample | null {
  if (origin === 'baseline') return null;
  if (origin === 'from-zero') return sample;
  const sketch = new Sketch();
  sketch.merge(sample.sketch);
  sketch.subtract(origin.sketch);
  // The sender's minimum and maximum are those since the start: here they come from the sketch.
  return {
    ...sample,
    value: sample.value - origin.value,
    sum: sample.sum - origin.sum,
    min: sketch.quantile(0),
    max: sketch.quantile(1),
    sketch,
  };
}

/** The increases of a cumulative histogram, empty ones left out. */
export function histogramIncreases(
  samples: readonly HistogramSample[],
  earlier: readonly HistogramSample[],
): HistogramSample[] {
  return [...withOrigins(samples, earlier)]
    .map(([sample, origin]) => gained(sample, origin))
    .filter((increase) => increase !== null && increase.value > 0)
    .map((increase) => increase as HistogramSample);
}
