import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operations } from './operations.ts';

const ROOT = join(import.meta.dirname, '../../..');
const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('security N3: no GET of the interface carries out a command', () => {
  const gets = Object.entries(operations).filter(([, { method }]) => method === 'GET');
  expect(gets.length).toBeGreaterThan(30);
  expect(gets.filter(([, { verb }]) => verb.kind !== 'query').map(([name]) => name)).toEqual([]);
});

test.each(['scim', 'alertmanager'])('security N3: no GET of %s carries out a command', (door) => {
  const source = sourceOf(`lib/web/${door}/operations.ts`);
  const entries = source.split(/^ {2}(?=')/m).slice(1);
  const gets = entries.filter((text) => text.startsWith("'GET "));
  expect(gets.length).toBeGreaterThan(4);
  expect(gets.filter((text) => text.includes('execute('))).toEqual([]);
  // What an entry hands over to is a function of the same file.
  for (const [, name = ''] of gets.join('').matchAll(/'GET [^']+': (\w+),/g)) {
    const [, body = ''] = new RegExp(`const ${name}[^=]*= async([\\s\\S]*?)\\n};`).exec(source) ?? [];
    expect(body, name).not.toBe('');
    expect(body, name).not.toContain('execute(');
  }
});

test('security N3: no other route and no page carries out a command when it is looked at', () => {
  const routes = globSync('app/**/route.ts', { cwd: ROOT }).filter((file) =>
    /export (?:const|async function) GET\b[^;]*execute\(/.test(sourceOf(file)),
  );
  const pages = globSync('app/**/{page,layout}.tsx', { cwd: ROOT }).filter((file) =>
    /\b(?:execute|defineCommand)\b/.test(sourceOf(file)),
  );
  expect([...routes, ...pages]).toEqual([]);
});
