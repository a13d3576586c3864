/** `npm test`: its own set-up, then everything. `npm test -- types lint` runs the named steps only. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/install.mjs';
import { fail } from './bootstrap/progress.mjs';
import { onPinnedRuntime, ROOT } from './bootstrap/runtime.mjs';

process.chdir(ROOT);
const fallbackHome = join(ROOT, '.data', 'home');
try {
  if (await onPinnedRuntime(fileURLToPath(import.meta.url), fallbackHome)) {
    await installDependencies(ROOT, fallbackHome);
    const { runAll } = await import('./testing/run.mjs');
    await runAll(ROOT, process.argv.slice(2));
  }
} catch (error) {
  fail(error);
  process.stdout.write('0 passed, 1 failed, 0 skipped\n');
}
