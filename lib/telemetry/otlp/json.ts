import type { AttributeList } from './attribute-list.ts';
import { finiteOrText } from './attributes.ts';
import { internText } from './keys.ts';
import { undecodable } from './protobuf.ts';
import { type AttributeValue, LIMITS } from './raw.ts';
import { ItemRefused } from './refusals.ts';
import { storableText, truncatedText } from './text.ts';

/** An object of a parsed OTLP/JSON request; unknown fields are ignored wherever they stand. */
export type JsonObject = { readonly [key: string]: unknown };

/** @throws AppError `invalid` when the bytes are no JSON object */
export function parseJsonRequest(bytes: Uint8Array): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw undecodable('the body is not JSON');
  }
  if (!isObject(parsed)) throw undecodable('the body is not a JSON object');
  return parsed;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const snakeNames = new Map<string, string>();

/** A field by its JSON name, or by its protobuf name as some senders write it. */
export function field(object: JsonObject, name: string): unknown {
  const value = object[name];
  if (value !== undefined && value !== null) return value;
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake === name ? value : object[snake];
}

/**
 * A repeated message field as objects.
 * @throws AppError `invalid` when it is something else
 */
export function objects(object: JsonObject, name: string): JsonObject[] {
  const value = field(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw undecodable(`${name} is not a list of objects`);
  return value;
}

/** A message field; an empty one when it is missing. */
export function object(parent: JsonObject, name: string): JsonObject {
  const value = field(parent, name);
  return isObject(value) ? value : {};
}

export function text(parent: JsonObject, name: string, maxBytes: number): string {
  const value = field(parent, name);
  return typeof value === 'string' ? truncatedText(storableText(value), maxBytes) : '';
}

/** A number that may be written as text; NaN when it is neither. */
export function number(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  return Number(value);
}

/**
 * A fixed64 of nanoseconds, written as decimal text or as a number; 0 when missing.
 * @throws ItemRefused when it is neither
 */
export function nanos(parent: JsonObject, name: string): bigint {
  const value = field(parent, name);
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'string' && /^\d{1,30}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return BigInt(Math.round(value));
  throw new ItemRefused('malformed', `${name} is not a time in nanoseconds`);
}

/** An enumeration written as its number or its name; `names[i]` is the name of i. 0 when it is neither. */
export function enumeration(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return Number.isInteger(value) ? value : 0;
  if (typeof value !== 'string') return 0;
  const index = names.indexOf(value);
  if (index >= 0) return index;
  return /^\d{1,3}$/.test(value) ? Number(value) : 0;
}

/** An id as lower-case hex digits. */
export function hex(parent: JsonObject, name: string): string {
  const value = field(parent, name);
  return typeof value === 'string' ? value.slice(0, 64).toLowerCase() : '';
}

/** Reads a list of KeyValue objects; entries that are none are left out. */
export function readJsonAttributes(parent: JsonObject, list: AttributeList): AttributeList {
  const entries = field(parent, 'attributes');
  if (!Array.isArray(entries)) return list;
  for (const entry of entries) {
    if (!isObject(entry) || typeof entry.key !== 'string' || !isObject(entry.value)) continue;
    const key = internText(entry.key.slice(0, LIMITS.keyBytes + 1));
    if (list.wants(key.keyClass, Buffer.byteLength(key.key))) list.set(key, readJsonValue(entry.value, 0));
  }
  return list;
}

/** Reads an AnyValue object; undefined when it is empty. */
export function readJsonValue(value: JsonObject, depth: number): AttributeValue | undefined {
  const string = field(value, 'stringValue');
  if (typeof string === 'string') return truncatedText(storableText(string), LIMITS.valueBytes);
  const bool = field(value, 'boolValue');
  if (typeof bool === 'boolean') return bool;
  const int = field(value, 'intValue');
  if (int !== undefined && int !== null) return readInteger(int);
  const double = field(value, 'doubleValue');
  if (double !== undefined && double !== null) return finiteOrText(number(double));
  const bytes = field(value, 'bytesValue');
  if (typeof bytes === 'string') return truncatedText(storableText(bytes), LIMITS.valueBytes);
  const list = field(value, 'arrayValue');
  if (isObject(list)) return depth < LIMITS.nesting ? readJsonList(list, depth) : '[nested too deep]';
  const map = field(value, 'kvlistValue');
  if (isObject(map)) return depth < LIMITS.nesting ? readJsonMap(map, depth) : '[nested too deep]';
  return undefined;
}

function readInteger(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) {
    const integer = Number(value);
    return Number.isSafeInteger(integer) ? integer : value;
  }
  return typeof value === 'number' ? finiteOrText(value) : undefined;
}

function readJsonList(list: JsonObject, depth: number): AttributeValue {
  if (!Array.isArray(list.values)) return [];
  return list.values
    .slice(0, LIMITS.elementsPerValue)
    .map((element) => (isObject(element) ? (readJsonValue(element, depth + 1) ?? null) : null));
}

function readJsonMap(list: JsonObject, depth: number): AttributeValue {
  const map: { [key: string]: AttributeValue } = Object.create(null);
  if (!Array.isArray(list.values)) return map;
  for (const entry of list.values.slice(0, LIMITS.elementsPerValue)) {
    if (!isObject(entry) || typeof entry.key !== 'string') continue;
    const value = isObject(entry.value) ? readJsonValue(entry.value, depth + 1) : null;
    map[truncatedText(storableText(entry.key), LIMITS.keyBytes)] = value ?? null;
  }
  return map;
}
