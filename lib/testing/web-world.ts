import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { webContext } from '#lib/compose/web.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { createWorld, type World } from './world.ts';

/** A world that is the web process's own, for tests that knock at its doors as Next would. */
export interface WebWorld extends World {
  /** A folder of its own, removed with it. */
  dataDir: string;
  /** What its secrets are sealed with. */
  masterKey: string;
}

/**
 * Makes a world and gives its environment to this process, which reads it once: a test file of this kind needs a
 * process of its own (WEB in `vitest.config.ts`).
 *
 * @param settings further variables
 */
export async function createWebWorld(settings: Record<string, string> = {}): Promise<WebWorld> {
  const world = await createWorld();
  const dataDir = mkdtempSync(join(tmpdir(), 'pitwall-web-'));
  const masterKey = randomToken();
  const variables = {
    ...{ DATABASE_URL: world.appUrl, DATABASE_OWNER_URL: world.ownerUrl },
    ...{ SECRET_KEY: masterKey, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...settings,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const closeWorld = world.close;
  return Object.assign(world, {
    dataDir,
    masterKey,
    close: async () => {
      const context = await webContext();
      await Promise.all([context.keys.stop(), context.settings.stop()]);
      await context.bus.close();
      await closeWorld();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
}
