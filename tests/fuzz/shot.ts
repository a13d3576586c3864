import type { Chance } from '../history/chance.ts';
import type { DoorSecrets } from './door-secrets.ts';
import { type JsonSchema, spoilValue, valueFor } from './from-schema.ts';
import { hostileText, pick, randomBytes, spoilBytes, toJsonText } from './hostile-values.ts';

/** One HTTP request of the fuzz, without who sends it. */
export interface Shot {
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
  /** The same by table. */
  tables: ReadonlyMap<string, readonly string[]>;
  secrets: DoorSecrets;
  resolve(reference: string): JsonSchema;
}

/**
 * What the report counts requests under. `sign-on`: ways to an identity provider and back. `link`: pages and actions that somebody without a session reaches by a secret
 * address.
 */
export type Kind =
  | 'rest'
  | 'action'
  | 'page'
  | 'route'
  | 'scim'
  | 'alertmanager'
  | 'calendar'
  | 'link'
  | 'sign-on'
  | 'socket';

/** Something that takes requests. */
export interface Door {
  kind: Kind;
  /** An operation, an action, or a file of the tree. */
  name: string;
  aim(from: Ammunition): Shot;
}

/** Words of addresses whose things lie in a table of another name. */
const TABLES: Readonly<Record<string, string>> = {
  members: 'users',
  accounts: 'users',
  Users: 'scim_users',
  Groups: 'scim_groups',
  channels: 'notification_channels',
  deliveries: 'notifications',
  'alert-routing': 'alert_routes',
};

/**
 * Ammunition whose ids are mostly those of the things that an address names, so that requests meet something.
 *
 * @param noun the last word of the address before an id
 */
export function aimedAt(noun: string, from: Ammunition): Ammunition {
  const { chance, tables } = from;
  const name = TABLES[noun] ?? noun.replaceAll('-', '_');
  const ids =
    tables.get(name) ?? [...tables].filter(([table]) => table.includes(name)).flatMap(([, of]) => of);
  return ids.length > 0 && chance.happens(0.75) ? { ...from, ids } : from;
}

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
  { type = 'application/json', good: share = 0.35 } = {},
): { headers: Record<string, string>; body: Buffer | string } {
  const { chance } = from;
  const way = chance.next();
  const good = valueFor(schema, from);
  const headers = { 'content-type': chance.happens(0.06) ? pick(chance, TYPES) : type };
  if (way < share) return { headers, body: toJsonText(good) };
  if (way < share + (1 - share) * 0.7) {
    const times = 1 + Math.floor(chance.next() * 3);
    let value = good;
    for (let time = 0; time < times; time++) value = spoilValue(value, chance);
    return { headers, body: toJsonText(value) };
  }
  if (way < share + (1 - share) * 0.92)
    return { headers, body: spoilBytes(Buffer.from(toJsonText(good)), chance) };
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
