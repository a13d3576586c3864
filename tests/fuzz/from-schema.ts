import type { Chance } from '../history/chance.ts';
import { hostileValue, pick } from './hostile-values.ts';
import { knownField } from './known-fields.ts';

/** What is read of a JSON Schema. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
}

/** What values are made from: chance, ids of things that exist, and where references lead. */
export interface Making {
  chance: Chance;
  ids: readonly string[];
  /** The same by table. */
  tables: ReadonlyMap<string, readonly string[]>;
  resolve(reference: string): JsonSchema;
}

const DEEPEST = 6;

function textOf(schema: JsonSchema, { chance, ids }: Making): string {
  const { format, minLength = 0, maxLength = 40 } = schema;
  const digit = () => Math.floor(chance.next() * 16).toString(16);
  const hex = (length: number) => Array.from({ length }, digit).join('');
  if (format === 'uuid') {
    if (ids.length > 0 && chance.happens(0.8)) return pick(chance, ids);
    return `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
  }
  if (format === 'email') return `f${hex(8)}@example.test`;
  if (format === 'uri') return `http://127.0.0.1:9999/${hex(4)}`;
  if (format === 'date-time') return new Date(chance.next() * 2e12).toISOString();
  const wanted = Math.max(minLength, Math.min(maxLength, 1 + Math.floor(chance.next() * 12)));
  const words = ['prod', 'severity', 'Europe/Berlin', 'UTC', 'agent', 'p95', 'requests', 'x y'];
  return chance.happens(0.4) ? pick(chance, words) : hex(wanted);
}

function numberOf({ type, minimum = -10, maximum }: JsonSchema, chance: Chance): number {
  const top = maximum ?? minimum + 1000;
  const edge = chance.next();
  const value =
    edge < 0.1 ? minimum : edge < 0.2 ? top : chance.between(minimum, Math.min(top, minimum + 5000));
  return type === 'integer' ? Math.floor(value) : value;
}

/** Where the things lie that fields name by their ids. */
const NAMED_BY: Readonly<Record<string, string>> = {
  agentId: 'agents',
  clusterId: 'clusters',
  repositoryId: 'repositories',
  userId: 'users',
};

/** What a field is made from: one that names a thing mostly names one of its kind. */
function makingOf(field: string, making: Making): Making {
  const ids = making.tables.get(NAMED_BY[field] ?? '') ?? [];
  return ids.length > 0 && making.chance.happens(0.85) ? { ...making, ids } : making;
}

function objectOf(schema: JsonSchema, making: Making, depth: number): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const { chance } = making;
  const names = Object.keys(properties).filter((name) => required.includes(name) || chance.happens(0.5));
  const made = names.map((name) => {
    const inner = properties[name] ?? {};
    const known = knownField(name, inner, chance);
    return [
      name,
      known && chance.happens(0.85) ? known.value : valueFor(inner, makingOf(name, making), depth + 1),
    ];
  });
  if (typeof more === 'object' && chance.happens(0.7))
    made.push([`k${Math.floor(chance.next() * 99)}`, valueFor(more, making, depth + 1)]);
  return Object.fromEntries(made);
}

function arrayOf(schema: JsonSchema, making: Making, depth: number): unknown[] {
  const { prefixItems, items = {}, minItems = 0, maxItems = 3 } = schema;
  if (prefixItems) return prefixItems.map((one) => valueFor(one, making, depth + 1));
  const length = Math.max(minItems, Math.floor(making.chance.next() * (Math.min(maxItems, 3) + 1)));
  return Array.from({ length }, () => valueFor(items, making, depth + 1));
}

/** A value that a schema (mostly) takes. */
export function valueFor(schema: JsonSchema, making: Making, depth = 0): unknown {
  const { chance, resolve } = making;
  if (schema.$ref !== undefined)
    return depth > DEEPEST ? null : valueFor(resolve(schema.$ref), making, depth + 1);
  if ('const' in schema) return schema.const;
  if (schema.enum && schema.enum.length > 0) return pick(chance, schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && choices.length > 0) return valueFor(pick(chance, choices), making, depth + 1);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => valueFor(one, making, depth + 1)));
  const type = Array.isArray(schema.type) ? pick(chance, schema.type) : schema.type;
  if (type === 'object') return depth > DEEPEST ? {} : objectOf(schema, making, depth);
  if (type === 'array') return depth > DEEPEST ? [] : arrayOf(schema, making, depth);
  if (type === 'string') return textOf(schema, making);
  if (type === 'number' || type === 'integer') return numberOf({ ...schema, type }, chance);
  if (type === 'boolean') return chance.happens(0.5);
  if (type === 'null') return null;
  return hostileValue(chance);
}

type Holder = Record<string, unknown> | unknown[];

function holdersOf(value: unknown): Holder[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Holder, ...Object.values(value).flatMap(holdersOf)];
}

/** Fields that a caller must not be able to set, beside those that stringify oddly. */
const INTRUDERS = ['__proto__', 'teamId', 'role', 'status', 'createdBy', 'id', 'permissions', ''];

/** Puts something else into a place of a value, takes a field away, or adds one that does not belong there. */
export function spoilValue(value: unknown, chance: Chance): unknown {
  const copy: unknown = structuredClone(value);
  const holders = holdersOf(copy);
  if (holders.length === 0 || chance.happens(0.05)) return hostileValue(chance);
  const holder = pick(chance, holders);
  const keys = Object.keys(holder);
  const key = keys.length > 0 ? pick(chance, keys) : 'x';
  const way = chance.next();
  if (way < 0.65) Reflect.set(holder, key, hostileValue(chance));
  else if (way < 0.8 && !Array.isArray(holder)) delete holder[key];
  else if (Array.isArray(holder)) holder.push(...Array.from({ length: 200 }, () => holder[0] ?? null));
  else
    Object.defineProperty(holder, pick(chance, INTRUDERS), { value: hostileValue(chance), enumerable: true });
  return copy;
}
