/**
 * Bundles the start and the four processes: `node bundle.mjs <root> <target folder> <hash of the sources>`.
 * A process of its own, so that the bundler's memory goes with it.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const [root, target, hash] = process.argv.slice(2);

const PROGRAMS = {
  launch: 'scripts/bootstrap/launch.mjs',
  'web/main': 'scripts/web-server.mjs',
  'realtime/main': 'realtime/main.ts',
  'ingest/main': 'ingest/main.ts',
  'worker/main': 'worker/main.ts',
};

/**
 * What is bundled besides our own sources: libraries of hundreds of ES modules that export each other.
 * Linking those costs 20 (zod) to 160 MB (drizzle-orm) a process; bundled they cost nothing beyond their code.
 */
const INLINED = /^(drizzle-orm|zod)(\/|$)/;
const isOwn = (id) => /^[.#/]/.test(id) || /^[A-Za-z]:[\\/]/.test(id);

/** A bundled module goes on knowing where its source stands, and so finds what lies beside it; lines stay where they are. */
const keepAddresses = {
  name: 'keep-addresses',
  transform: {
    filter: { code: 'import.meta.url' },
    handler: (code, id) => ({
      code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
      map: null,
    }),
  },
};

/** An import that leads nowhere would only show when the process starts. */
function refuseUnresolved(level, log, print) {
  if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
  print(level, log);
}

const fresh = `${target}.new`;
rmSync(fresh, { recursive: true, force: true });
await build({
  cwd: root,
  input: PROGRAMS,
  platform: 'node',
  logLevel: 'warn',
  external: (id) => !isOwn(id) && !INLINED.test(id),
  plugins: [keepAddresses],
  onLog: refuseUnresolved,
  output: { dir: fresh, format: 'esm', sourcemap: true, sourcemapExcludeSources: true },
});
writeFileSync(join(fresh, 'hash'), hash);
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
