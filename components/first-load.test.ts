import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

/** The libraries whose modules come along when these components are bundled; lazy imports are left out. */
async function librariesOf(...entries: string[]): Promise<Set<string>> {
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
  await bundle.generate();
  await bundle.close();
  return libraries;
}

test('no page that is open all day loads the validator: schemas stay on the server (performance P6)', async () => {
  const libraries = await librariesOf(
    'components/shell/app-shell.tsx',
    'components/overview/overview.tsx',
    'components/agents/agent-list.tsx',
    'components/alerts/inbox/inbox.tsx',
  );
  expect(libraries).toContain('socket.io-client');
  expect([...libraries].filter((name) => /^(zod|drizzle-orm)/.test(name))).toEqual([]);
});
