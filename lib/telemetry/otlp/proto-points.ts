import {
  BucketCollector,
  type BucketSketch,
  explicitLayout,
  exponentialSketch,
  STEPS,
} from '../histogram.ts';
import { layoutOf } from './bucket-layouts.ts';
import type { PointState } from './point-state.ts';
import type { Reader } from './protobuf.ts';
import { LIMITS } from './raw.ts';

/** The fields that both kinds of histogram have. */
interface HistogramFields {
  count: number;
  sum: number | null;
  min: number | null;
  max: number | null;
}

const collector = new BucketCollector();
const counts: number[] = [];
const bounds: number[] = [];

export function readNumberPoint(state: PointState, end: number): void {
  const { reader, sink } = state;
  state.startPoint();
  let value: number | undefined;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 58) state.readAttribute(reader.open(end));
    else if (tag === 25) state.timeMs = reader.fixed64() / 1e6;
    else if (tag === 17) state.startMs = reader.fixed64() / 1e6;
    else if (tag === 33) value = reader.double();
    else if (tag === 49) value = reader.sfixed64();
    else if (tag === 64) state.flags = reader.varint();
    else reader.skip(tag, end);
  }
  reader.close(end);
  if (!state.hasRecordedValue) return;
  if (value === undefined) sink.refuse('malformed', 'A point has no value');
  else if (!Number.isFinite(value)) sink.refuse('not_finite', 'The value of a point is not finite');
  else if (state.isAcceptable()) {
    sink.addNumber(state.identify(), state.timeMs, state.startMs, value, state.additive);
  }
}

export function readHistogramPoint(state: PointState, end: number): void {
  const { reader } = state;
  const fields: HistogramFields = { count: 0, sum: null, min: null, max: null };
  let boundsStart = 0;
  let boundsEnd = 0;
  state.startPoint();
  counts.length = 0;
  bounds.length = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 74) state.readAttribute(reader.open(end));
    else if (tag === 25) state.timeMs = reader.fixed64() / 1e6;
    else if (tag === 17) state.startMs = reader.fixed64() / 1e6;
    else if (tag === 33) fields.count = reader.fixed64();
    else if (tag === 41) fields.sum = reader.double();
    else if (tag === 50) readPacked(reader, reader.open(end), counts, 'fixed64');
    else if (tag === 49) counts.push(reader.fixed64());
    else if (tag === 58) {
      boundsEnd = reader.open(end);
      boundsStart = reader.at;
      reader.at = boundsEnd;
    } else if (tag === 57) bounds.push(reader.double());
    else if (tag === 80) state.flags = reader.varint();
    else if (tag === 89) fields.min = reader.double();
    else if (tag === 97) fields.max = reader.double();
    else reader.skip(tag, end);
  }
  reader.close(end);
  const bucketCount = Math.max(counts.length, bounds.length, (boundsEnd - boundsStart) / 8);
  addHistogram(state, fields, bucketCount, () => {
    const layout =
      boundsEnd > boundsStart ? layoutOf(reader, boundsStart, boundsEnd) : explicitLayout(bounds);
    if (layout === null || (counts.length > 0 && counts.length * STEPS !== layout.length)) return null;
    if (!counts.every(Number.isSafeInteger)) return null;
    for (let i = 0; i < counts.length && layout.length > STEPS; i++) {
      collector.addBucket(layout, i * STEPS, counts[i] ?? 0);
    }
    return collector.take();
  });
}

export function readExponentialPoint(state: PointState, end: number): void {
  const { reader } = state;
  const fields: HistogramFields = { count: 0, sum: null, min: null, max: null };
  let scale = 0;
  let zeroCount = 0;
  const positive = { offset: 0, counts: [] as number[] };
  const negative = { offset: 0, counts: [] as number[] };
  state.startPoint();
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) state.readAttribute(reader.open(end));
    else if (tag === 25) state.timeMs = reader.fixed64() / 1e6;
    else if (tag === 17) state.startMs = reader.fixed64() / 1e6;
    else if (tag === 33) fields.count = reader.fixed64();
    else if (tag === 41) fields.sum = reader.double();
    else if (tag === 48) scale = reader.sint32();
    else if (tag === 57) zeroCount = reader.fixed64();
    else if (tag === 66) readBuckets(reader, reader.open(end), positive);
    else if (tag === 74) readBuckets(reader, reader.open(end), negative);
    else if (tag === 80) state.flags = reader.varint();
    else if (tag === 97) fields.min = reader.double();
    else if (tag === 105) fields.max = reader.double();
    else reader.skip(tag, end);
  }
  reader.close(end);
  const bucketCount = positive.counts.length + negative.counts.length;
  addHistogram(state, fields, bucketCount, () =>
    exponentialSketch({ scale, zeroCount, positive, negativeCounts: negative.counts }),
  );
}

/** Checks a histogram point and hands it on; `sketch` gives null when its buckets make no sense. */
function addHistogram(
  state: PointState,
  fields: HistogramFields,
  bucketCount: number,
  sketch: () => BucketSketch | null,
): void {
  const { sink } = state;
  if (!state.hasRecordedValue) return;
  if (fields.sum !== null && !Number.isFinite(fields.sum)) {
    sink.refuse('not_finite', 'The sum of a histogram is not finite');
    return;
  }
  if (bucketCount > LIMITS.bucketsPerPoint) {
    sink.refuse('too_large', `A histogram has more than ${LIMITS.bucketsPerPoint} buckets`);
    return;
  }
  const buckets = sketch();
  if (buckets === null) {
    sink.refuse('malformed', 'The bounds and bucket counts of a histogram do not fit');
    return;
  }
  if (!state.isAcceptable()) return;
  const { timeMs, startMs } = state;
  const { count, sum } = fields;
  const min = fields.min !== null && Number.isFinite(fields.min) ? fields.min : null;
  const max = fields.max !== null && Number.isFinite(fields.max) ? fields.max : null;
  sink.addHistogram({ hash: state.identify(), timeMs, startMs, count, min, max }, sum, buckets);
}

function readBuckets(reader: Reader, end: number, buckets: { offset: number; counts: number[] }): void {
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 8) buckets.offset = reader.sint32();
    else if (tag === 18) readPacked(reader, reader.open(end), buckets.counts, 'varint');
    else if (tag === 16) buckets.counts.push(reader.varint());
    else reader.skip(tag, end);
  }
  reader.close(end);
}

function readPacked(reader: Reader, end: number, into: number[], type: 'fixed64' | 'varint'): void {
  if (type === 'fixed64') while (reader.at < end) into.push(reader.fixed64());
  else while (reader.at < end) into.push(reader.varint());
  reader.close(end);
}
