/** Builds the web console if its sources changed; `npm start` does the same. */
import { buildWhenStale } from './bootstrap/build.mjs';
import { fail } from './bootstrap/progress.mjs';
import { ROOT } from './bootstrap/runtime.mjs';

try {
  await buildWhenStale(ROOT, process.env);
} catch (error) {
  fail(error);
}
