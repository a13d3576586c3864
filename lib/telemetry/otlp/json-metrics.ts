import type { MetricKind } from '#lib/model/telemetry.ts';
import {
  BucketCollector,
  type BucketSketch,
  explicitLayout,
  exponentialSketch,
  STEPS,
} from '../histogram.ts';
import { addUnordered, type HashLanes, hashBytes, hashKey } from './hash.ts';
import {
  enumeration,
  field,
  isObject,
  type JsonObject,
  nanos,
  number,
  object,
  readJsonValue,
  text,
} from './json.ts';
import { readJsonEnvelope } from './json-envelope.ts';
import { internText } from './keys.ts';
import { histogramKind, type MetricContext, type MetricSink, sumKind } from './metric-sink.ts';
import { type AttributeValue, LIMITS, type RawAttributes } from './raw.ts';
import { ItemRefused } from './refusals.ts';

const TEMPORALITIES = [
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
];
const DATA_FIELDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;
type DataField = (typeof DATA_FIELDS)[number];

/** The metric being read, with the hash of what all its points have in common. */
interface HashedMetric extends MetricContext {
  stream: Readonly<HashLanes>;
}

const collector = new BucketCollector();

/** Reads an OTLP/JSON metrics request into the same sink as the protobuf decoder. */
export function readJsonMetrics(bytes: Uint8Array, sink: MetricSink): void {
  const names = { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' } as const;
  // A resource is hashed once: it is most of what makes a series.
  let hashed: { resource: RawAttributes; lanes: HashLanes } | undefined;
  readJsonEnvelope(bytes, names, sink.refusals, (metric, { resource }) => {
    const name = DATA_FIELDS.find((candidate) => isObject(field(metric, candidate)));
    if (name === undefined) return;
    if (hashed?.resource !== resource)
      hashed = { resource, lanes: hashOfText(JSON.stringify([...resource])) };
    readMetric(metric, name, hashed, sink);
  });
}

function readMetric(
  metric: JsonObject,
  dataField: DataField,
  { resource, lanes }: { resource: RawAttributes; lanes: Readonly<HashLanes> },
  sink: MetricSink,
): void {
  const data = object(metric, dataField);
  const sent = field(data, 'dataPoints');
  const points = Array.isArray(sent) ? sent.filter(isObject) : [];
  const name = field(metric, 'name');
  const kind = kindOf(dataField, data);
  if (kind === null) {
    const isSummary = dataField === 'summary';
    const message = isSummary
      ? 'Summary metrics are not supported: send a histogram'
      : 'A sum or histogram has no aggregation temporality';
    sink.refuse('unsupported_type', message, points.length);
  } else if (typeof name !== 'string' || name === '') {
    sink.refuse('malformed', 'A metric has no name', points.length);
  } else if (Buffer.byteLength(name) > LIMITS.metricNameBytes) {
    const message = `The name of a metric is longer than ${LIMITS.metricNameBytes} bytes`;
    sink.refuse('too_large', message, points.length);
  } else {
    const unit = text(metric, 'unit', LIMITS.seriesValueChars);
    const stream = hashOfText(JSON.stringify([name, unit, kind]), lanes);
    const hashed = { name, unit, kind, resource, additive: dataField !== 'gauge', stream };
    sink.startMetric(hashKey(stream, { a: 0, b: 0 }));
    for (const point of points) readPoint(point, dataField, hashed, sink);
    sink.endMetric();
  }
}

function kindOf(dataField: DataField, data: JsonObject): MetricKind | null {
  const temporality = enumeration(field(data, 'aggregationTemporality'), TEMPORALITIES);
  if (dataField === 'gauge') return 'gauge';
  if (dataField === 'sum') return sumKind(temporality, field(data, 'isMonotonic') === true);
  return dataField === 'summary' ? null : histogramKind(temporality);
}

function readPoint(point: JsonObject, dataField: DataField, metric: HashedMetric, sink: MetricSink): void {
  if ((number(field(point, 'flags') ?? 0) & 1) !== 0) return;
  try {
    if (dataField === 'gauge' || dataField === 'sum') addNumber(point, metric, sink);
    else addHistogram(point, dataField === 'histogram', metric, sink);
  } catch (error) {
    sink.refusals.addError(error);
  }
}

function addNumber(point: JsonObject, metric: HashedMetric, sink: MetricSink): void {
  const value = number(field(point, 'asDouble') ?? field(point, 'asInt'));
  if (!Number.isFinite(value)) throw new ItemRefused('not_finite', 'The value of a point is not finite');
  const times = timesOf(point);
  const attributes = seriesAttributes(point, sink);
  if (!sink.accepts(times.timeMs)) return;
  sink.addNumber(identify(attributes, metric, sink), times.timeMs, times.startMs, value, metric.additive);
}

function addHistogram(point: JsonObject, isExplicit: boolean, metric: HashedMetric, sink: MetricSink): void {
  const optional = (name: string): number | null => {
    const value = number(field(point, name));
    return Number.isFinite(value) ? value : null;
  };
  const count = number(field(point, 'count') ?? 0);
  const sum = number(field(point, 'sum') ?? 0);
  if (!Number.isFinite(count) || !Number.isFinite(sum)) {
    throw new ItemRefused('not_finite', 'The sum or count of a histogram is not finite');
  }
  const sketch = isExplicit ? explicitSketch(point) : sketchOfExponential(point);
  if (sketch === null) {
    throw new ItemRefused('malformed', 'The bounds and bucket counts of a histogram do not fit');
  }
  const times = timesOf(point);
  const attributes = seriesAttributes(point, sink);
  if (!sink.accepts(times.timeMs)) return;
  const hash = identify(attributes, metric, sink);
  sink.addHistogram(
    { hash, ...times, count, min: optional('min'), max: optional('max') },
    optional('sum'),
    sketch,
  );
}

function explicitSketch(point: JsonObject): BucketSketch | null {
  const counts = numbers(point, 'bucketCounts');
  const layout = explicitLayout(numbers(point, 'explicitBounds'));
  if (layout === null || (counts.length > 0 && counts.length * STEPS !== layout.length)) return null;
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) return null;
  for (let i = 0; i < counts.length && layout.length > STEPS; i++) {
    collector.addBucket(layout, i * STEPS, counts[i] ?? 0);
  }
  return collector.take();
}

function sketchOfExponential(point: JsonObject): BucketSketch | null {
  const positive = object(point, 'positive');
  return exponentialSketch({
    scale: number(field(point, 'scale') ?? 0),
    zeroCount: number(field(point, 'zeroCount') ?? 0),
    positive: { offset: number(field(positive, 'offset') ?? 0), counts: numbers(positive, 'bucketCounts') },
    negativeCounts: numbers(object(point, 'negative'), 'bucketCounts'),
  });
}

function numbers(parent: JsonObject, name: string): number[] {
  const list = field(parent, name);
  if (!Array.isArray(list)) return [];
  if (list.length > LIMITS.bucketsPerPoint) {
    throw new ItemRefused('too_large', `A histogram has more than ${LIMITS.bucketsPerPoint} buckets`);
  }
  return list.map(number);
}

function timesOf(point: JsonObject): { timeMs: number; startMs: number } {
  return {
    timeMs: Number(nanos(point, 'timeUnixNano')) / 1e6,
    startMs: Number(nanos(point, 'startTimeUnixNano')) / 1e6,
  };
}

/** Attributes that make the series, under their names in it. */
function seriesAttributes(point: JsonObject, sink: MetricSink): Map<string, AttributeValue> {
  const sent = field(point, 'attributes');
  const entries = Array.isArray(sent) ? sent.filter(isObject) : [];
  if (entries.length > LIMITS.attributesPerItem) {
    const message = `A point has more than ${LIMITS.attributesPerItem} attributes`;
    throw new ItemRefused('too_many_attributes', message);
  }
  const attributes = new Map<string, AttributeValue>();
  for (const entry of entries) {
    const name = typeof entry.key === 'string' ? internText(entry.key).seriesKey : undefined;
    const value = isObject(entry.value) ? readJsonValue(entry.value, 0) : undefined;
    if (name === undefined) sink.reduced = true;
    else if (value !== undefined) attributes.set(name, value);
  }
  return attributes;
}

function identify(attributes: Map<string, AttributeValue>, metric: HashedMetric, sink: MetricSink): number {
  const hash = hashKey(metric.stream, hashOfAttributes(attributes));
  if (sink.needsIdentity(hash)) sink.describe(hash, metric, attributes);
  return hash;
}

function hashOfAttributes(attributes: Map<string, AttributeValue>): HashLanes {
  const sum = { a: 0, b: 0 };
  for (const attribute of attributes) addUnordered(sum, hashOfText(JSON.stringify(attribute)));
  return sum;
}

/** The hash of a text, continued from another. */
function hashOfText(content: string, from: Readonly<HashLanes> = { a: 0x811c9dc5 | 0, b: 11 }): HashLanes {
  const lanes = { a: from.a, b: from.b };
  const bytes = Buffer.from(content);
  hashBytes(lanes, bytes, 0, bytes.length);
  return lanes;
}
