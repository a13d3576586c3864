import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

interface Bundled {
  /** Packages, by the names that they are imported by. */
  libraries: Set<string>;
  /** Files of ours, those of lazy imports too. */
  files: Set<string>;
}

/** What comes along when these components are bundled. */
async function bundledWith(...entries: string[]): Promise<Bundled> {
  const libraries = new Set<string>();
  const bundle = await rolldown({
    input: entries,
    logLevel: 'silent',
    external: (id) => {
      if (/^[.#/]/.test(id)) return false;
      libraries.add(id);
      return true;
    },
  });
  const { output } = await bundle.generate();
  await bundle.close();
  const files = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return { libraries, files: new Set(files.map((file) => relative('.', file))) };
}

/** Components that run in browsers. */
const forBrowsers = () =>
  globSync('components/**/*.tsx').filter((file) => /^'use client'/m.test(readFileSync(file, 'utf8')));

test('no page that is open all day loads the validator: schemas stay on the server (performance P6)', async () => {
  const { libraries } = await bundledWith(
    'components/shell/app-shell.tsx',
    'components/overview/overview.tsx',
    'components/agents/agent-list.tsx',
    'components/alerts/inbox/inbox.tsx',
    'components/deployments/list/deployment-list.tsx',
    'components/deployments/detail/deployment-view.tsx',
  );
  expect(libraries).toContain('socket.io-client');
  expect([...libraries].filter((name) => /^(zod|drizzle-orm)/.test(name))).toEqual([]);
});

test('no component of the browser brings the list of common passwords along, whose comparing stays on the server', async () => {
  const entries = forBrowsers();
  const { files } = await bundledWith(...entries);
  expect(files).toContain('components/account/new-password-field.tsx');
  expect(files.size).toBeGreaterThan(entries.length);
  expect([...files].filter((file) => file.startsWith('lib/members/credentials/'))).toEqual([]);
});
