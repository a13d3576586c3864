import { z } from 'zod';
import { uuidv7 } from '#lib/model/uuid.ts';

interface Json {
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Json[];
  oneOf?: Json[];
  allOf?: Json[];
  items?: Json;
  properties?: Record<string, Json>;
  required?: string[];
  minItems?: number;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  $ref?: string;
}

const isId = ({ format }: Json) => format === 'uuid';

/** Whether an id could stand in a value. */
function holdsId(schema: Json | undefined): boolean {
  if (!schema) return false;
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...Object.values(schema.properties ?? {})];
  return isId(schema) || holdsId(schema.items) || parts.some(holdsId);
}

function text({ format, minLength = 1 }: Json, id: string): string {
  switch (format) {
    case 'uuid':
      return id;
    case 'email':
      return 'somebody@example.test';
    case 'uri':
      return 'https://example.test/x';
    case 'date-time':
      return new Date(Date.now() + 3_600_000).toISOString();
    default:
      return 'x'.repeat(Math.max(1, minLength));
  }
}

function fill(schema: Json, id: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fill(choices.find(holdsId) ?? choices[0] ?? {}, id);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const wanted = Object.entries(schema.properties ?? {}).filter(
        ([name, property]) => schema.required?.includes(name) || holdsId(property),
      );
      return Object.fromEntries(wanted.map(([name, property]) => [name, fill(property, id)]));
    }
    case 'array': {
      const count = Math.max(schema.minItems ?? 0, holdsId(schema.items) ? 1 : 0);
      return Array.from({ length: count }, () => fill(schema.items ?? {}, id));
    }
    case 'string':
      return text(schema, id);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

/** The least input that a schema takes with an id wherever one can stand; null where none can. */
export function inputWithId(schema: z.ZodType): ((id: string) => unknown) | null {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return holdsId(json) ? (id) => fill(json, id) : null;
}

/** The least input that a schema takes: what is required and nothing more, with an id that names nothing. */
export function leastInput(schema: z.ZodType): unknown {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  const required = json.required ?? [];
  const properties = Object.entries(json.properties ?? {}).filter(([name]) => required.includes(name));
  return json.properties
    ? fill({ ...json, properties: Object.fromEntries(properties) }, uuidv7())
    : fill(json, uuidv7());
}
