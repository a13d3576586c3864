/**
 * What the load generators send. Requests are encoded once and only their time stamps are patched
 * afterwards, so that the generator is never the limit.
 *
 * This file writes protobuf by hand: enough for the requests of the benchmarks.
 */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

export function field(number: number, wireType: 0 | 1 | 2, ...body: Buffer[]): Buffer {
  const content = Buffer.concat(body);
  const tag = varint(number * 8 + wireType);
  return wireType === 2
    ? Buffer.concat([tag, varint(content.length), content])
    : Buffer.concat([tag, content]);
}

export const text = (number: number, value: string): Buffer => field(number, 2, Buffer.from(value));

export function fixed64(number: number, value: bigint): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(value);
  return field(number, 1, body);
}

export function double(number: number, value: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeDoubleLE(value);
  return field(number, 1, body);
}

/** OTLP KeyValue with a string value. */
export function attribute(number: number, key: string, value: string): Buffer {
  return field(number, 2, text(1, key), field(2, 2, text(1, value)));
}

/** Offsets of every place where `marker` stands as fixed64, for patching. */
export function offsetsOf(buffer: Buffer, marker: bigint): number[] {
  const needle = Buffer.alloc(8);
  needle.writeBigUInt64LE(marker);
  const found: number[] = [];
  for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 8)) found.push(at);
  return found;
}
