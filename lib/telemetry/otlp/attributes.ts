import { AttributeList } from './attribute-list.ts';
import { internKey } from './keys.ts';
import type { Reader } from './protobuf.ts';
import { type AttributeValue, LIMITS, type RawAttributes } from './raw.ts';
import { cutBytes, decodeText } from './text.ts';

/** Stands for what is nested deeper than the limit. */
const TOO_DEEP = '[nested too deep]';

/** Reads a string of which at most `maxBytes` are kept. */
export function readText(reader: Reader, end: number, maxBytes: number): string {
  const start = reader.at;
  reader.at = end;
  if (end - start > maxBytes) return cutBytes(reader.bytes, start, maxBytes);
  return decodeText(reader.bytes, start, end);
}

/** Reads the KeyValue message that ends at `end` into `list`. */
export function readKeyValue(reader: Reader, end: number, list: AttributeList): void {
  let keyStart = end;
  let keyEnd = end;
  let valueStart = -1;
  let valueEnd = -1;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) {
      keyEnd = reader.open(end);
      keyStart = reader.at;
      reader.at = keyEnd;
    } else if (tag === 18) {
      valueEnd = reader.open(end);
      valueStart = reader.at;
      reader.at = valueEnd;
    } else reader.skip(tag, end);
  }
  reader.close(end);
  if (valueStart < 0) return;
  const key = internKey(reader.bytes, keyStart, keyEnd);
  if (!list.wants(key.keyClass, keyEnd - keyStart)) return;
  reader.at = valueStart;
  list.set(key, readAnyValue(reader, valueEnd, 0));
  reader.at = end;
}

/** Reads an AnyValue; undefined when it is empty. */
export function readAnyValue(reader: Reader, end: number, depth: number): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  while (reader.at < end) {
    const tag = reader.varint();
    switch (tag) {
      case 10:
        value = readText(reader, reader.open(end), LIMITS.valueBytes);
        break;
      case 16:
        value = reader.varint() !== 0;
        break;
      case 24:
        value = reader.int64();
        break;
      case 33:
        value = finiteOrText(reader.double());
        break;
      case 42:
        value = readList(reader, reader.open(end), depth);
        break;
      case 50:
        value = readMap(reader, reader.open(end), depth);
        break;
      case 58: {
        const start = reader.at;
        const bytesEnd = reader.open(end);
        const kept = Math.min(bytesEnd, start + LIMITS.valueBytes);
        value = reader.bytes.toString('base64', reader.at, kept);
        reader.at = bytesEnd;
        break;
      }
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return value;
}

/** JSON has no NaN and no infinities. */
export function finiteOrText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function readList(reader: Reader, end: number, depth: number): AttributeValue {
  const list: AttributeValue[] = [];
  if (depth >= LIMITS.nesting) {
    reader.at = end;
    return TOO_DEEP;
  }
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag !== 10 || list.length >= LIMITS.elementsPerValue) reader.skip(tag, end);
    else list.push(readAnyValue(reader, reader.open(end), depth + 1) ?? null);
  }
  reader.close(end);
  return list;
}

function readMap(reader: Reader, end: number, depth: number): AttributeValue {
  const map: { [key: string]: AttributeValue } = Object.create(null);
  if (depth >= LIMITS.nesting) {
    reader.at = end;
    return TOO_DEEP;
  }
  let size = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10 && size++ < LIMITS.elementsPerValue) readEntry(reader, reader.open(end), map, depth + 1);
    else reader.skip(tag, end);
  }
  reader.close(end);
  return map;
}

function readEntry(reader: Reader, end: number, map: { [key: string]: AttributeValue }, depth: number): void {
  let key = '';
  let value: AttributeValue | undefined;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) key = readText(reader, reader.open(end), LIMITS.keyBytes);
    else if (tag === 18) value = readAnyValue(reader, reader.open(end), depth);
    else reader.skip(tag, end);
  }
  reader.close(end);
  map[key] = value ?? null;
}

/** Reads a Resource message; content has no place in it and what is too much is left out. */
export function readResource(reader: Reader, end: number): RawAttributes {
  const list = new AttributeList(false, false);
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 10) readKeyValue(reader, reader.open(end), list);
    else reader.skip(tag, end);
  }
  reader.close(end);
  return list.map;
}

/** Reads an id as lower-case hex digits. An absurdly long one is cut; its length refuses it later. */
export function readHex(reader: Reader, end: number): string {
  const hex = reader.bytes.toString('hex', reader.at, Math.min(end, reader.at + 32));
  reader.at = end;
  return hex;
}
