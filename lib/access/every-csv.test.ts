import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { csvLine } from '#lib/model/csv.ts';
import { everyVerb } from '#lib/testing/every-verb.ts';

const ROOT = join(import.meta.dirname, '../..');
const sources = globSync('{app,components,ingest,lib,realtime,worker}/**/*.{ts,tsx}', { cwd: ROOT })
  .filter((file) => !/\.test\.ts$|^lib\/testing\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
const filesWith = (pattern: RegExp) =>
  sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : [])).toSorted();

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＠a'])(
  'security N11: a cell that begins like the formula %j is text',
  (cell) => {
    expect(csvLine(['a', cell])).toBe(`"a","'${cell}"`);
  },
);

test('security N11: quotes, separators and line breaks stay in their cell', () => {
  expect(csvLine(['say "=1"', 'a,b;c', 'x\r\n=1'])).toBe('"say ""=1""","a,b;c","x\r\n=1"');
});

/** What writes files for spreadsheets, each with a test of its own rows: a new one stands here, or this is red. */
test('security N11: every verb and page that makes a CSV is known, and one writer makes all cells', async () => {
  const verbs = (await everyVerb()).filter(({ input }) =>
    /"csv"/.test(JSON.stringify(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))),
  );
  expect(verbs.map(({ name }) => name)).toEqual(['audit.export']);
  expect(filesWith(/#lib\/model\/csv\.ts/)).toEqual(['lib/audit-log/export-lines.ts']);
  expect(filesWith(/text\/csv|\.csv\b/)).toEqual(['components/audit-log/export-audit-log.tsx']);
  // Whoever doubles quotes writes cells.
  expect(filesWith(/'"', *'""'/)).toEqual(['lib/model/csv.ts']);
});
