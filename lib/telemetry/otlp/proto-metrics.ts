import type { MetricKind } from '#lib/model/telemetry.ts';
import { readResource, readText } from './attributes.ts';
import { forEachField } from './envelope.ts';
import { type HashLanes, hashBytes, hashKey } from './hash.ts';
import { histogramKind, type MetricContext, type MetricSink, sumKind } from './metric-sink.ts';
import { PointState } from './point-state.ts';
import { readExponentialPoint, readHistogramPoint, readNumberPoint } from './proto-points.ts';
import { Reader } from './protobuf.ts';
import { LIMITS, type RawAttributes } from './raw.ts';

/** Numbers of the data fields of a Metric: gauge, sum, histogram, exponential histogram, summary. */
const GAUGE = 42;
const SUM = 58;
const HISTOGRAM = 74;
const EXPONENTIAL = 82;
const SUMMARY = 90;

const NO_ATTRIBUTES: HashLanes = { a: 0, b: 0 };

/** What the fields of a Metric say before its points are read; fields may come in any order. */
interface MetricFields {
  nameStart: number;
  nameEnd: number;
  unitStart: number;
  unitEnd: number;
  dataTag: number;
  dataStart: number;
  dataEnd: number;
}

/**
 * Reads a protobuf metrics request. No objects are made and no text is decoded for a series that is known:
 * a series is found by the hash of the raw bytes of its resource, metric and attributes (performance 2.4).
 */
export function readMetrics(bytes: Uint8Array, sink: MetricSink): void {
  const reader = new Reader(bytes);
  forEachField(reader, reader.bytes.length, 10, (end) => readResourceMetrics(reader, end, sink));
}

function readResourceMetrics(reader: Reader, end: number, sink: MetricSink): void {
  const start = reader.at;
  const lanes: HashLanes = { a: 0x811c9dc5 | 0, b: 7 };
  let resource: RawAttributes | undefined;
  let resourceStart = 0;
  let resourceEnd = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) {
      resourceEnd = reader.open(end);
      resourceStart = reader.at;
      hashBytes(lanes, reader.bytes, resourceStart, resourceEnd);
      reader.at = resourceEnd;
    } else reader.skip(tag, end);
  }
  reader.close(end);
  const resourceOnce = (): RawAttributes => {
    if (resource !== undefined) return resource;
    const at = reader.at;
    reader.at = resourceStart;
    resource = readResource(reader, resourceEnd);
    reader.at = at;
    return resource;
  };
  const points = new PointState(reader, sink, resourceOnce);
  reader.at = start;
  forEachField(reader, end, 18, (scopeEnd) => {
    forEachField(reader, scopeEnd, 18, (metricEnd) => readMetric(reader, metricEnd, sink, points, lanes));
  });
  sink.refusals.endResource(resourceOnce);
}

function readMetric(
  reader: Reader,
  end: number,
  sink: MetricSink,
  points: PointState,
  resourceLanes: Readonly<HashLanes>,
): void {
  const fields = scanMetric(reader, end);
  if (fields.dataTag === 0) return;
  const { kind, additive } = readKind(reader, fields);
  const count = (): number => countPoints(reader, fields);
  const nameBytes = fields.nameEnd - fields.nameStart;
  if (kind === null) {
    const message =
      fields.dataTag === SUMMARY
        ? 'Summary metrics are not supported: send a histogram'
        : 'A sum or histogram has no aggregation temporality';
    sink.refuse('unsupported_type', message, count());
  } else if (nameBytes === 0) {
    sink.refuse('malformed', 'A metric has no name', count());
  } else if (nameBytes > LIMITS.metricNameBytes) {
    sink.refuse('too_large', `The name of a metric is longer than ${LIMITS.metricNameBytes} bytes`, count());
  } else {
    readPoints(reader, fields, kind, additive, points, resourceLanes);
  }
  reader.at = end;
}

function readPoints(
  reader: Reader,
  fields: MetricFields,
  kind: MetricKind,
  additive: boolean,
  points: PointState,
  resourceLanes: Readonly<HashLanes>,
): void {
  const lanes = { a: resourceLanes.a, b: resourceLanes.b };
  hashBytes(lanes, reader.bytes, fields.nameStart, fields.nameEnd);
  hashBytes(lanes, reader.bytes, fields.unitStart, fields.unitEnd);
  lanes.a = (lanes.a + kind.length * 31 + fields.dataTag) | 0;
  points.startMetric(lanes, additive, () => describeMetric(reader, fields, kind));
  points.sink.startMetric(hashKey(lanes, NO_ATTRIBUTES));
  reader.at = fields.dataStart;
  while (reader.at < fields.dataEnd) {
    const tag = reader.varint();
    if (tag !== 10) {
      reader.skip(tag, fields.dataEnd);
      continue;
    }
    const pointEnd = reader.open(fields.dataEnd);
    if (fields.dataTag === HISTOGRAM) readHistogramPoint(points, pointEnd);
    else if (fields.dataTag === EXPONENTIAL) readExponentialPoint(points, pointEnd);
    else readNumberPoint(points, pointEnd);
  }
  reader.close(fields.dataEnd);
  points.sink.endMetric();
}

function describeMetric(
  reader: Reader,
  fields: MetricFields,
  kind: MetricKind,
): Pick<MetricContext, 'name' | 'unit' | 'kind'> {
  const at = reader.at;
  reader.at = fields.nameStart;
  const name = readText(reader, fields.nameEnd, LIMITS.metricNameBytes);
  reader.at = fields.unitStart;
  const unit = readText(reader, fields.unitEnd, LIMITS.seriesValueChars);
  reader.at = at;
  return { name, unit, kind };
}

function scanMetric(reader: Reader, end: number): MetricFields {
  const fields = { nameStart: 0, nameEnd: 0, unitStart: 0, unitEnd: 0, dataTag: 0, dataStart: 0, dataEnd: 0 };
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) {
      fields.nameEnd = reader.open(end);
      fields.nameStart = reader.at;
      reader.at = fields.nameEnd;
    } else if (tag === 26) {
      fields.unitEnd = reader.open(end);
      fields.unitStart = reader.at;
      reader.at = fields.unitEnd;
    } else if (tag === GAUGE || tag === SUM || tag === HISTOGRAM || tag === EXPONENTIAL || tag === SUMMARY) {
      fields.dataEnd = reader.open(end);
      fields.dataStart = reader.at;
      fields.dataTag = tag;
      reader.at = fields.dataEnd;
    } else reader.skip(tag, end);
  }
  reader.close(end);
  return fields;
}

/** Temporality and monotonicity come after the points, so they are looked up first. */
function readKind(reader: Reader, fields: MetricFields): { kind: MetricKind | null; additive: boolean } {
  if (fields.dataTag === GAUGE) return { kind: 'gauge', additive: false };
  if (fields.dataTag === SUMMARY) return { kind: null, additive: false };
  let temporality = 0;
  let monotonic = false;
  reader.at = fields.dataStart;
  while (reader.at < fields.dataEnd) {
    const tag = reader.varint();
    if (tag === 16) temporality = reader.varint();
    else if (tag === 24) monotonic = reader.varint() !== 0;
    else reader.skip(tag, fields.dataEnd);
  }
  reader.close(fields.dataEnd);
  const isSum = fields.dataTag === SUM;
  return { kind: isSum ? sumKind(temporality, monotonic) : histogramKind(temporality), additive: true };
}

function countPoints(reader: Reader, fields: MetricFields): number {
  let points = 0;
  reader.at = fields.dataStart;
  while (reader.at < fields.dataEnd) {
    const tag = reader.varint();
    if (tag === 10) points++;
    reader.skip(tag, fields.dataEnd);
  }
  return points;
}
