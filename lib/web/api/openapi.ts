import { z } from 'zod';
import { KEY_SCOPES, PERMISSIONS } from '#lib/access/permissions.ts';
import { webContext } from '#lib/compose/web.ts';
import { HTTP_STATUS } from '#lib/kernel/errors.ts';
import { type ApiBody, apiBodies } from '#lib/model/api.ts';
import { sessionCookie } from '../session-cookie.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';

type Json = Record<string, unknown>;

const BASE = '/api/v1';
const refTo = (name: ApiBody) => ({ $ref: `#/components/schemas/${name}` });
const asJson = (schema: Json) => ({ 'application/json': { schema } });

/** JSON Schema (2020-12, the dialect of OpenAPI 3.1) of the answers, references between them kept. */
function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(apiBodies)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _dialect, ...schema }]) => [id, schema]),
  );
}

function inlineSchema(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

function inputShape({ verb, path }: Operation): Record<string, z.ZodType> {
  const schema = verb.input instanceof z.ZodReadonly ? verb.input.unwrap() : verb.input;
  if (schema instanceof z.ZodObject) return schema.shape;
  throw new TypeError(`the input of ${path} is no object`);
}

function pathParameters(operation: Operation): Json[] {
  const field = inputShape(operation)[operation.idIs ?? 'id'];
  const schema = field ? inlineSchema(field, 'input') : { type: 'string', format: 'uuid' };
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema,
  }));
}

function ownFields(operation: Operation): [string, z.ZodType][] {
  const inPath = operation.path.includes('{id}') ? (operation.idIs ?? 'id') : undefined;
  return Object.entries(inputShape(operation)).filter(([name]) => name !== inPath);
}

/** Search parameters are read from text, so what they mean is the output of their schema. */
function queryParameters(operation: Operation): Json[] {
  return ownFields(operation).map(([name, schema]) => {
    const json = inlineSchema(schema, 'output');
    const list = json.type === 'array' ? { style: 'form', explode: false } : {};
    const required = !schema.safeParse(undefined).success;
    return { name, in: 'query', required, ...list, schema: json, description: schema.description };
  });
}

function requestBody(operation: Operation): Json | undefined {
  const fields = ownFields(operation);
  if (fields.length === 0) return undefined;
  return {
    required: true,
    content: asJson(inlineSchema(z.strictObject(Object.fromEntries(fields)), 'input')),
  };
}

function problems({ verb, path }: Operation): Json {
  const codes = ['unauthenticated', 'forbidden', 'invalid', 'rate_limited', 'unavailable'] as const;
  const more = [
    ...(path.includes('{id}') ? (['not_found'] as const) : []),
    ...(verb.kind === 'command' ? (['conflict', 'too_large'] as const) : []),
  ];
  const statuses = [...codes, ...more].map((code) => HTTP_STATUS[code]).sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Problem' }]));
}

const SESSION_ONLY = [{ session: [] }];

/** Which keys may call an operation; for what only people may do, the document takes keys off its ways in. */
function access({ verb }: Operation): { words: string; fields: Json } {
  const scopes = KEY_SCOPES.filter((scope) =>
    (PERMISSIONS[verb.permission].scopes as readonly string[]).includes(scope),
  );
  return scopes.length === 0
    ? {
        words: 'People only: no key may do this.',
        fields: { security: SESSION_ONLY, 'x-pitwall-scopes': scopes },
      }
    : { words: `Key scopes: ${scopes.join(' or ')}.`, fields: { 'x-pitwall-scopes': scopes } };
}

function describeOperation(operationId: string, operation: Operation): Json {
  const reads = operation.method === 'GET' || operation.method === 'DELETE';
  const parameters = [...pathParameters(operation), ...(reads ? queryParameters(operation) : [])];
  const body = reads ? undefined : requestBody(operation);
  const { words, fields } = access(operation);
  return {
    operationId,
    summary: operation.summary,
    description: `Needs the permission \`${operation.verb.permission}\`. ${words}`,
    tags: [operation.tag],
    ...fields,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [operation.status ?? 200]: { description: 'Done', content: asJson(refTo(operation.answer)) },
      ...problems(operation),
    },
  };
}

/** The OpenAPI 3.1 document of a table of operations, from the schemas that check their input. */
export function openApiDocument(
  table: Record<string, Operation>,
  about: { title: string; version: string; url: string; secure: boolean },
): Json {
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(table)) {
    const item = paths[operation.path] ?? {};
    item[operation.method.toLowerCase()] = describeOperation(id, operation);
    paths[operation.path] = item;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: about.version,
      description:
        'Times are Unix milliseconds. Lists end when `nextCursor` is null; errors are RFC 9457 problem documents.',
    },
    servers: [{ url: about.url + BASE }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      responses: {
        Problem: {
          description: 'It was not done, and why',
          content: { 'application/problem+json': { schema: refTo('Problem') } },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie(about).name,
          description: 'A signed-in browser',
        },
      },
    },
  };
}

/** The document of this installation, open to everybody: it holds nothing of any team. */
export async function documentRoute(): Promise<Response> {
  const { name, ...about } = (await webContext()).config.app;
  const document = openApiDocument(operations, { title: `${name} API`, ...about });
  return Response.json(document, { headers: { 'cache-control': 'public, max-age=300' } });
}
