import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLACES } from './records.ts';

const CONSOLE = import.meta.dirname;

/** The pages that stand in the same place as an id, by their folders. */
function pagesBeside(under: string): string[] {
  const folder = join(CONSOLE, under);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(folder, name, 'page.tsx')))
    .toSorted();
}

describe('the addresses that name nothing', () => {
  test.each(PLACES.map(([under, beside]) => ({ under, beside })))(
    'below $under no page is taken for an id, so that none answers 404',
    ({ under, beside }) => {
      expect(beside).toEqual(expect.arrayContaining(pagesBeside(under)));
    },
  );
});
