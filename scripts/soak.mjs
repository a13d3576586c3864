/** `npm run soak`: 1,000 agents and 200 viewers for ten minutes (`-- --seconds 60` for less). */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/install.mjs';
import { fail } from './bootstrap/progress.mjs';
import { onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';

process.chdir(ROOT);
const fallbackHome = resolve('.data', 'home');
try {
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), fallbackHome)) {
    await installDependencies(ROOT, fallbackHome);
    await import('../tests/soak/main.ts');
  }
} catch (error) {
  fail(error);
}
