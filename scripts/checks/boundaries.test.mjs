import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../bootstrap/runtime.mjs';
import { checkBoundaries } from './boundaries.mjs';

let copy;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'pitwall-boundaries-'));
  for (const name of ['.dependency-cruiser.mjs', 'package.json', 'app', 'components', 'db', 'lib']) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Puts files into the copy, cruises it, and takes them out again. */
function violationsWith(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  try {
    return checkBoundaries(copy).problems.filter((problem) => problem.includes('planted'));
  } finally {
    for (const path of Object.keys(files)) rmSync(join(copy, path));
  }
}

test('an import that the rules forbid turns the check red: value, type, noun to noun, test code', () => {
  const planted = violationsWith({
    'lib/model/planted.ts': "import { openDb } from '#db/client.ts';\nexport const planted = openDb;\n",
    'components/planted.tsx': "import type { Db } from '#db/client.ts';\nexport type Planted = Db;\n",
    'lib/runs/planted.ts': 'export const planted = 1;\n',
    'lib/agents/planted.ts':
      "import { planted } from '#lib/runs/planted.ts';\nexport const again = planted;\n",
    'lib/kernel/planted.ts': "export * from '../testing/world.ts';\n",
  });
  expect(planted).toEqual(
    expect.arrayContaining([
      'room lib/model/: lib/model/planted.ts imports db/client.ts',
      'room components/: components/planted.tsx imports db/client.ts',
      'a noun never imports another noun: lib/agents/planted.ts imports lib/runs/planted.ts',
      'only tests and seeds import lib/testing: lib/kernel/planted.ts imports lib/testing/world.ts',
    ]),
  );
}, 60_000);

test('a cruise that reads no modules is a failure', () => {
  const empty = mkdtempSync(join(tmpdir(), 'pitwall-empty-'));
  try {
    cpSync(join(ROOT, '.dependency-cruiser.mjs'), join(empty, '.dependency-cruiser.mjs'));
    writeFileSync(join(empty, 'one.ts'), 'export const one = 1;\n');
    expect(checkBoundaries(empty).problems).toEqual(['Only 0 modules were read.']);
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}, 30_000);
