/** Builds what `npm start` would build: the processes and the web console, each when its sources changed. */
import { buildWhenStale } from './bootstrap/build.mjs';
import { prepareWhenStale } from './bootstrap/prepare.mjs';
import { fail } from './bootstrap/progress.mjs';
import { ROOT } from './bootstrap/runtime.mjs';

try {
  await prepareWhenStale(ROOT);
  await buildWhenStale(ROOT, process.env);
} catch (error) {
  fail(error);
}
