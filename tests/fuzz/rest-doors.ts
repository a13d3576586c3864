import { type JsonSchema, valueFor } from './from-schema.ts';
import { type Ammunition, aimedAt, bodyFor, type Door, partOf, type Shot, searchOf, spoils } from './shot.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  schema: JsonSchema;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Where the references of a document lead. */
export function resolverOf({ components }: OpenApi): (reference: string) => JsonSchema {
  return (reference) => components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
}

function restDoor(template: string, method: string, operation: Operation): Door {
  const { operationId, parameters = [], requestBody } = operation;
  const query = parameters.filter((one) => one.in === 'query');
  const schema = requestBody?.content['application/json']?.schema ?? { type: 'object' };
  const noun = template.split('/')[1] ?? '';
  const aim = (any: Ammunition): Shot => {
    const from = aimedAt(noun, any, operationId);
    const path = `/api/v1${template.replace(/\{\w+\}/g, () => partOf(from))}`;
    const values = Object.fromEntries(query.map((one) => [one.name, valueFor(one.schema, from)]));
    const search = searchOf(
      query.map(({ name }) => name),
      values,
      from,
    );
    const upper = method.toUpperCase();
    const base = { method: upper, path: path + search };
    const brings = upper !== 'GET' && (upper !== 'DELETE' || spoils(from, 0.2));
    return brings ? { ...base, ...bodyFor(schema, from) } : { ...base, headers: {} };
  };
  return { kind: 'rest', name: operationId, aim };
}

/** Every operation of the document. */
export function restDoors(document: OpenApi): Door[] {
  return Object.entries(document.paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]) => restDoor(template, method, operation)),
  );
}
