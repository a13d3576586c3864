import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { subscribeSchema } from '#lib/model/live-schema.ts';
import { openApiDocument } from '#lib/web/api/openapi.ts';
import { operations } from '#lib/web/api/operations.ts';
import { schemaOf } from './action-doors.ts';
import { CLOSED_DOORS } from './closed-doors.ts';
import { operationsOf } from './program-doors.ts';
import { type OpenApi, restDoors } from './rest-doors.ts';
import { EVENTS, VIEWS } from './socket-fuzz.ts';
import { actionsOfTree, pageDoors, routeDoors } from './tree-doors.ts';

const ROOT = join(import.meta.dirname, '../..');
const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const rest = restDoors(
  openApiDocument(operations, {
    title: 'x',
    version: '1',
    url: 'http://x',
    secure: false,
  }) as unknown as OpenApi,
);
const routes = routeDoors();
const pages = pageDoors();

/** Actions that bind a verb: `[file, name]`. */
const actions = globSync('app/**/actions.ts', { cwd: ROOT }).flatMap((file) =>
  [...sourceOf(file).matchAll(/^export const (\w+) = (?:action|asking)\(/gm)].map(
    ([, name = '']) => [file, name] as const,
  ),
);

test('the fuzz knocks at every operation of the interface, every route file and every page', () => {
  expect(rest.map(({ name }) => name).toSorted()).toEqual(Object.keys(operations).toSorted());
  const files = new Set([...routes, ...pages].map(({ name }) => name.split(/ (?=[A-Z]+ |anything)/)[0]));
  expect([...files].toSorted()).toEqual(globSync('app/**/{route.ts,page.tsx}', { cwd: ROOT }).toSorted());
});

test.each(['scim', 'alertmanager'] as const)('the fuzz knows every operation that answers for %s', (kind) => {
  const table = sourceOf(`lib/web/${kind}/operations.ts`).split('Operations: Readonly<Record<')[1] ?? '';
  const named = [...table.matchAll(/'([A-Z]+ \S+)'/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(8);
  expect(operationsOf(kind)).toEqual(named);
});

test('the fuzz sends every event that a socket listens to, and asks for every view', () => {
  const sources = globSync('realtime/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts'))
    .map(sourceOf);
  const heard = sources.flatMap((text) =>
    [...text.matchAll(/socket\.on\(\s*'(\w+)'/g)].map(([, event]) => event),
  );
  expect(heard).toContain('subscribe');
  expect(heard.filter((event) => !EVENTS.includes(event ?? ''))).toEqual([]);
  const views = subscribeSchema.options.map(({ shape }) => shape.view.value);
  expect(views.filter((view) => !VIEWS.includes(view))).toEqual([]);
});

test('the fuzz makes the body of every action that binds a verb from the schema of that verb', async () => {
  expect(actions.length).toBeGreaterThan(100);
  const plain: string[] = [];
  for (const [filename, exportedName] of actions) {
    const schema = await schemaOf({ filename, exportedName });
    if (Object.keys(schema).length === 0) plain.push(`${filename}#${exportedName}`);
  }
  expect(plain).toEqual([]);
}, 120_000);

test('a door that may stay shut is one that there is', () => {
  const known = new Set([...[...rest, ...routes, ...pages].map(({ name }) => name), ...actionsOfTree()]);
  expect(Object.keys(CLOSED_DOORS).filter((name) => !known.has(name))).toEqual([]);
});
