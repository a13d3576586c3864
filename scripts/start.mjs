/**
 * `npm start`: from a clone on a machine with Node 20 or newer and npm to the running product.
 * Nothing here imports a dependency: they may not be installed yet.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installDependencies } from './bootstrap/install.mjs';
import { preparedFile, prepareWhenStale } from './bootstrap/prepare.mjs';
import { fail } from './bootstrap/progress.mjs';
import { COMPILE_CACHE, onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';

process.chdir(ROOT);
// Variables that are set already win over the file.
if (existsSync('.env')) process.loadEnvFile('.env');
const fallbackHome = resolve(process.env.DATA_DIR || '.data', 'home');
try {
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), fallbackHome)) {
    await installDependencies(ROOT, fallbackHome);
    await prepareWhenStale(ROOT);
    module.enableCompileCache?.(COMPILE_CACHE);
    const { launch } = await import(pathToFileURL(preparedFile(ROOT, 'launch')).href);
    await launch();
  }
} catch (error) {
  fail(error);
}
