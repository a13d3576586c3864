import { readAnyValue } from './attributes.ts';
import { addUnordered, type HashLanes, hashBytes, hashKey } from './hash.ts';
import { internKey } from './keys.ts';
import type { MetricContext, MetricSink } from './metric-sink.ts';
import type { Reader } from './protobuf.ts';
import { type AttributeValue, LIMITS, type RawAttributes } from './raw.ts';

/** What the series of a metric have in common, decoded only when one of them is unknown. */
export type Description = Pick<MetricContext, 'name' | 'unit' | 'kind'>;

const NO_RECORDED_VALUE = 1;

/** The point being read: its times and the hash of what makes its series. One instance per resource. */
export class PointState {
  readonly reader: Reader;
  readonly sink: MetricSink;
  timeMs = 0;
  startMs = 0;
  flags = 0;
  additive = false;
  #resource: () => RawAttributes;
  #describe: (() => Description) | undefined;
  #stream: HashLanes = { a: 0, b: 0 };
  #attributes: HashLanes = { a: 0, b: 0 };
  #part: HashLanes = { a: 0, b: 0 };
  #attributeCount = 0;
  /** Start and end of each attribute that makes the series. */
  #ranges: number[] = [];

  constructor(reader: Reader, sink: MetricSink, resource: () => RawAttributes) {
    this.reader = reader;
    this.sink = sink;
    this.#resource = resource;
  }

  /** Sets the metric of the points that follow. */
  startMetric(stream: HashLanes, additive: boolean, describe: () => Description): void {
    this.#stream = stream;
    this.additive = additive;
    this.#describe = describe;
  }

  startPoint(): void {
    this.timeMs = 0;
    this.startMs = 0;
    this.flags = 0;
    this.#attributes.a = 0;
    this.#attributes.b = 0;
    this.#attributeCount = 0;
    this.#ranges.length = 0;
  }

  /** Reads over one attribute of the point, hashing it when it makes the series. */
  readAttribute(end: number): void {
    const reader = this.reader;
    const start = reader.at;
    this.#attributeCount++;
    if (reader.varint() !== 10) {
      this.#readReversedAttribute(start, end);
      return;
    }
    const keyEnd = reader.open(end);
    const key = internKey(reader.bytes, reader.at, keyEnd);
    reader.at = end;
    if (key.seriesKey === undefined) {
      this.sink.reduced = true;
      return;
    }
    this.#part.a = key.hash.a;
    this.#part.b = key.hash.b;
    hashBytes(this.#part, reader.bytes, keyEnd, end);
    addUnordered(this.#attributes, this.#part);
    this.#ranges.push(start, end);
  }

  get hasRecordedValue(): boolean {
    return (this.flags & NO_RECORDED_VALUE) === 0;
  }

  /** True when the point may be taken; counts the refusal otherwise. */
  isAcceptable(): boolean {
    if (this.#attributeCount <= LIMITS.attributesPerItem) return this.sink.accepts(this.timeMs);
    this.sink.refuse('too_many_attributes', `A point has more than ${LIMITS.attributesPerItem} attributes`);
    return false;
  }

  /** The hash of the point's series; an unknown series is described on the way. */
  identify(): number {
    const hash = hashKey(this.#stream, this.#attributes);
    if (this.sink.needsIdentity(hash) && this.#describe !== undefined) {
      const metric = { ...this.#describe(), resource: this.#resource(), additive: this.additive };
      this.sink.describe(hash, metric, this.#readSeriesAttributes());
    }
    return hash;
  }

  #readSeriesAttributes(): Map<string, AttributeValue> {
    const attributes = new Map<string, AttributeValue>();
    const after = this.reader.at;
    for (let i = 0; i < this.#ranges.length; i += 2) {
      const end = this.#ranges[i + 1] ?? 0;
      this.reader.at = (this.#ranges[i] ?? 0) + 1;
      const keyEnd = this.reader.open(end);
      const key = internKey(this.reader.bytes, this.reader.at, keyEnd);
      this.reader.at = keyEnd;
      if (key.seriesKey === undefined || this.reader.varint() !== 18) continue;
      const value = readAnyValue(this.reader, this.reader.open(end), 0);
      if (value !== undefined) attributes.set(key.seriesKey, value);
    }
    this.reader.at = after;
    return attributes;
  }

  /** No encoder writes the value before the key; such an attribute makes no series. */
  #readReversedAttribute(start: number, end: number): void {
    this.reader.at = start;
    while (this.reader.at < end) this.reader.skip(this.reader.varint(), end);
    this.reader.close(end);
    this.sink.reduced = true;
  }
}
