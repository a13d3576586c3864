import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * GitHub's own description of the operations that we use, and a stand-in that answers by it: nothing that it sends or
 * is sent may be other than described.
 */

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  nullable?: boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } };
}

export interface Operation {
  operationId: string;
  method: string;
  path: string;
  requestBody?: Content;
  responses: Record<string, Content & { $ref?: string }>;
}

const described = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8')) as {
  operations: Operation[];
  components: unknown;
};
export const operations: readonly Operation[] = described.operations;

/** `nullable` beside a reference or a choice, in the words of JSON Schema: Ajv knows it beside a type only. */
function withNull(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withNull);
  if (typeof part !== 'object' || part === null) return part;
  const plain = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withNull(value)]));
  if (plain.nullable !== true || 'type' in plain) return plain;
  const { nullable: _, ...rest } = plain;
  return { anyOf: [{ type: 'null' }, rest] };
}

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'github', ...(withNull(described) as object) });
const compiled = new Map<Schema, ValidateFunction>();

function lookUp<T>(reference: string): T {
  const keys = reference.slice(2).split('/');
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], described) as T;
}

function problemsOf(schema: Schema, value: unknown): string[] {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"github#/components');
  const validate = compiled.get(schema) ?? ajv.compile(withNull(JSON.parse(text)) as object);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The schema of an answer; null for one without a body, undefined for a status that is not described. */
export function answerSchema({ responses }: Operation, status: number): Schema | null | undefined {
  const found = responses[status];
  if (!found) return undefined;
  const { content } = found.$ref === undefined ? found : lookUp<Content>(found.$ref);
  return content?.['application/json']?.schema ?? null;
}

/** What of an answer is other than described. */
export function problemsOfAnswer(operation: Operation, status: number, body: unknown): string[] {
  const schema = answerSchema(operation, status);
  if (schema === undefined) return [`status ${status} is not described`];
  return schema === null ? [] : problemsOf(schema, body);
}

/** What of a request is other than described; a field that the description does not know counts. */
export function problemsOfRequest({ requestBody }: Operation, body: unknown): string[] {
  const schema = requestBody?.content?.['application/json']?.schema;
  if (schema === undefined) return body === undefined ? [] : ['no body is described'];
  const known = Object.keys(schema.properties ?? {});
  const unknown = Object.keys((body ?? {}) as object).filter((name) => !known.includes(name));
  return [...unknown.map((name) => `${name} is unknown`), ...problemsOf(schema, body)];
}

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-29T12:00:00Z',
  uri: 'https://github.example.test/x',
  email: 'a@example.test',
};

/** The least that a schema takes, with what is given of it. */
export function sampleOf(schema: Schema, given: Record<string, unknown> = {}): unknown {
  if (schema.$ref !== undefined) return sampleOf(lookUp(schema.$ref), given);
  if (schema.nullable)
    return Object.keys(given).length > 0 ? sampleOf({ ...schema, nullable: false }, given) : null;
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((each) => sampleOf(each)), given);
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice && !schema.properties) return sampleOf(choice, given);
  if (schema.properties || schema.type === 'object') {
    const fields = (schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]);
    return { ...Object.fromEntries(fields), ...given };
  }
  if (schema.type === 'array') return [];
  if (schema.type === 'integer' || schema.type === 'number') return 1;
  if (schema.type === 'boolean') return false;
  return TEXTS[schema.format ?? ''] ?? 'x';
}
