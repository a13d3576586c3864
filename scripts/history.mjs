/** `npm run history`: alerts fire, end and are acknowledged while processes are killed, for three minutes; see `--seed`. */
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
    await import('../tests/history/main.ts');
  }
} catch (error) {
  fail(error);
}
