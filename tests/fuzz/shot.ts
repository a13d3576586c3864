import type { Chance } from '../history/chance.ts';
import { type JsonSchema, spoilValue, valueFor } from './from-schema.ts';
import { hostileText, pick, randomBytes, spoilBytes, toJsonText } from './hostile-values.ts';

/** One HTTP request of the fuzz, without who sends it. */
export interface Shot {
  /** What it is aimed at, for the report: an operation, an action, a page. */
  door: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer | string;
}

/** What shots are made from. */
export interface Ammunition {
  chance: Chance;
  /** Ids of things that exist. */
  ids: readonly string[];
  resolve(reference: string): JsonSchema;
}

/** Something that takes requests. */
export type Door = (from: Ammunition) => Shot;

const TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/json; charset=utf-16',
  'application/scim+json',
  'APPLICATION/JSON',
  'application/x-www-form-urlencoded',
  '',
  '\u00ff',
];

/** A part of a path or a search value, encoded or not. */
export function partOf({ chance, ids }: Ammunition): string {
  const way = chance.next();
  if (way < 0.6 && ids.length > 0) return pick(chance, ids);
  const text = hostileText(chance).toWellFormed().slice(0, 2000);
  if (way < 0.9) return encodeURIComponent(text);
  return pick(chance, ['%', '%00', '%ff%fe', '%E0%A4%A', '..%2f..', '%2e%2e', '__proto__', '.', '*']);
}

/** A JSON body for a schema: as it should be, spoilt in its values, its bytes or its type, or no JSON at all. */
export function bodyFor(
  schema: JsonSchema,
  from: Ammunition,
  type = 'application/json',
): { headers: Record<string, string>; body: Buffer | string } {
  const { chance } = from;
  const way = chance.next();
  const good = valueFor(schema, from);
  const headers = { 'content-type': chance.happens(0.06) ? pick(chance, TYPES) : type };
  if (way < 0.2) return { headers, body: toJsonText(good) };
  if (way < 0.75) {
    const times = 1 + Math.floor(chance.next() * 3);
    let value = good;
    for (let time = 0; time < times; time++) value = spoilValue(value, chance);
    return { headers, body: toJsonText(value) };
  }
  if (way < 0.95) return { headers, body: spoilBytes(Buffer.from(toJsonText(good)), chance) };
  return { headers, body: randomBytes(chance) };
}

/** Search parameters: wished for ones, spoilt, repeated, or others. */
export function searchOf(
  names: readonly string[],
  values: Record<string, unknown>,
  from: Ammunition,
): string {
  const { chance } = from;
  const pairs = names.flatMap((name) => {
    const value = values[name];
    if (value === undefined || chance.happens(0.3)) return [];
    const text = chance.happens(0.5) ? hostileText(chance).slice(0, 3000) : [value].flat().join(',');
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`;
    return chance.happens(0.1) ? [pair, pair] : [pair];
  });
  if (chance.happens(0.15))
    pairs.push(`${pick(chance, ['__proto__', 'teamId', 'id', '%', ''])}=${partOf(from)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
