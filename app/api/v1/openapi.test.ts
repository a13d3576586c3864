import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openApiDocument } from '#lib/web/api/openapi.ts';
import type { Operation } from '#lib/web/api/operation.ts';
import { operations } from '#lib/web/api/operations.ts';

const about = { title: 'API', version: '1', url: 'https://pitwall.example' };
const document = openApiDocument(operations, { ...about, secure: true });
const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;
const described = Object.entries(paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
);

/** What the route files serve: `GET /agents/{id}` to the row of the table that it binds. */
const served = new Map(
  globSync('**/route.ts', { cwd: import.meta.dirname })
    .filter((file) => !file.startsWith('openapi.json'))
    .flatMap((file) => {
      const path = `/${dirname(file)}`.replaceAll(/\[(\w+)\]/g, '{$1}');
      const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
      return [...text.matchAll(/export const (\w+) = operationRoute\(operations\.(\w+)/g)].map(
        ([, method, name]) => [`${method} ${path}`, name] as const,
      );
    }),
);

test('the document names the cookie that a browser sends', () => {
  const cookieOf = (secure: boolean) => {
    const { components } = openApiDocument(operations, { ...about, secure });
    return (components as { securitySchemes: { session: unknown } }).securitySchemes.session;
  };
  expect(cookieOf(true)).toMatchObject({ in: 'cookie', name: '__Host-pitwall-session' });
  expect(cookieOf(false)).toMatchObject({ in: 'cookie', name: 'pitwall-session' });
});

test('the document names every route there is and no other', () => {
  expect(described.toSorted()).toEqual([...served.keys()].toSorted());
});

test('every route file binds the row of its own method and path', () => {
  const rows: Record<string, Operation> = operations;
  for (const [address, name] of served) {
    const row = rows[name ?? ''];
    expect(`${row?.method} ${row?.path}`).toBe(address);
  }
});

test('a method that an address does not have is 405 with Allow and a problem; OPTIONS names those it has', async () => {
  for (const file of globSync('**/route.ts', { cwd: import.meta.dirname })) {
    const handlers: Record<string, () => Response> = await import(join(import.meta.dirname, file));
    const options = handlers.OPTIONS?.();
    const allow = options?.headers.get('allow')?.split(', ') ?? [];
    expect([options?.status, allow.includes('OPTIONS')], file).toEqual([204, true]);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(handlers[method], `${method} ${file}`).toBeTypeOf('function');
      if (allow.includes(method)) continue;
      const refusal = handlers[method]?.();
      expect([refusal?.status, refusal?.headers.get('allow')]).toEqual([405, allow.join(', ')]);
      expect(refusal?.headers.get('content-type')).toBe('application/problem+json');
    }
  }
});

test('every reference of the document leads somewhere, and every component is used', () => {
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer ?? ''));
  for (const pointer of references) {
    const target = pointer
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    expect(target, pointer).toBeTypeOf('object');
  }
  const { schemas } = document.components as { schemas: Record<string, unknown> };
  expect(Object.keys(schemas).filter((name) => !references.has(`components/schemas/${name}`))).toEqual([]);
});

test('what no API key may do takes a session alone, and says which scopes the rest wants', () => {
  const of = (path: string, method: string) => paths[path]?.[method];
  expect(of('/api-keys', 'post')).toMatchObject({ security: [{ session: [] }], 'x-pitwall-scopes': [] });
  expect(of('/agents', 'get')).toMatchObject({ 'x-pitwall-scopes': ['read', 'write'] });
  expect(of('/agents', 'get')).not.toHaveProperty('security');
});

test('every operation has an id of its own, its path parameters, a good answer and problems', () => {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item).map((operation) => ({ path, operation })),
  );
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  for (const { path, operation } of all) {
    const parameters = (operation.parameters ?? []) as { name: string; in: string; schema: object }[];
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    for (const { name, schema } of parameters) expect(Object.keys(schema), name).not.toEqual([]);
    const statuses = Object.keys(operation.responses as object);
    expect(statuses).toEqual(expect.arrayContaining(['401', '403', '422', '429']));
    expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
  }
});

test('the input of a verb stands in the document as its schema checks it', () => {
  const query = paths['/metrics/query']?.get?.parameters as { name: string; required: boolean }[];
  const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
  expect(required.toSorted()).toEqual(['from', 'measure', 'to']);
  const body = paths['/agents']?.post?.requestBody as {
    content: { 'application/json': { schema: { required: string[]; additionalProperties: boolean } } };
  };
  const { schema } = body.content['application/json'];
  expect([schema.required, schema.additionalProperties]).toEqual([['name'], false]);
});
