import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const sources = ['lib', 'db', 'app', 'ingest', 'realtime', 'worker'].flatMap((room) =>
  globSync(`${room}/**/*.{ts,tsx}`, { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts') && !file.startsWith('lib/testing/'))
    .sort(),
);
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('security P12: no text becomes SQL as it stands but the known words of a check constraint', () => {
  const raw = sources.filter((file) => /\bsql\.raw\(|\.unsafe\(/.test(read(file)));
  // It lists words of the vocabulary in the definition of a table.
  expect(raw).toEqual(['db/schema/columns.ts']);
});

/** Names of columns and aliases that are chosen at run time: each from a closed list of words. */
const CHOSEN: Readonly<Record<string, RegExp>> = {
  'lib/agents/claim-health-checks.ts': /\(column: Moment\)/,
  'lib/alerts/stats.ts': /column: 'created_at' \| 'resolved_at'/,
  'lib/pipeline/secrets/sealed-places.ts': /sealed: PgColumn\): SealedPlace/,
};

test('security P12: a column or alias is chosen from a list in the code, never taken from outside', () => {
  const chosen = sources.filter((file) => /sql\.identifier\((?!['"`])|\.as\((?!['"`])/.test(read(file)));
  expect(chosen).toEqual(Object.keys(CHOSEN));
  for (const [file, words] of Object.entries(CHOSEN)) expect(read(file)).toMatch(words);
});

/** Fields by which a caller chooses an order. Routes group by labels, which are values of a JSON column. */
const ORDER = /^(sort|order|orderBy|sortBy|direction|by)$/;

function isClosed(schema: z.core.$ZodType): boolean {
  const { anyOf, ...json } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as {
    anyOf?: object[];
    enum?: unknown[];
    const?: unknown;
    items?: { enum?: unknown[] };
  };
  return [json, ...((anyOf as (typeof json)[]) ?? [])].some(
    (one) => one.enum !== undefined || one.const !== undefined || one.items?.enum !== undefined,
  );
}

test('security P12: whatever verb lets a caller choose an order has a closed list of orders', async () => {
  const files = sources.filter((file) => /= define(Command|Query)\(/.test(read(file)));
  const open: string[] = [];
  for (const file of files) {
    for (const [name, verb] of Object.entries(await import(join(ROOT, file)))) {
      const shape = (verb as { input?: { shape?: Record<string, z.ZodType> } } | null)?.input?.shape ?? {};
      for (const [field, schema] of Object.entries(shape))
        if (ORDER.test(field) && !isClosed(schema)) open.push(`${file} ${name}.${field}`);
    }
  }
  expect(files.length).toBeGreaterThan(20);
  expect(open).toEqual([]);
  // Loads every room.
}, 60_000);
