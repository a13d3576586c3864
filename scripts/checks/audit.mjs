/**
 * `npm run audit`: asks the registry for known holes of what the lock file names. Exit code 1 when one of high
 * severity is known, 3 when it could not be asked: not every registry answers that.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runNpm } from '../bootstrap/npm.mjs';
import { StartError } from '../bootstrap/progress.mjs';
import { ROOT } from '../bootstrap/runtime.mjs';

export const NOT_RUN = 3;
const ARGUMENTS = [
  'audit',
  '--package-lock-only',
  '--audit-level=high',
  '--fetch-retries=0',
  '--fetch-timeout=20000',
];
/** How npm says that nobody answered; the titles of holes, which name such codes too, do not begin like that. */
const UNANSWERED =
  /^npm (?:error|warn) .*(?:audit endpoint returned an error|ENOAUDIT|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|E\d{3}\b)/m;

/** What came of asking: the exit code, and the sentence for the terminal. */
export function verdictOf(failure) {
  if (failure === null) return { code: 0, sentence: 'npm audit: no hole of high severity is known.' };
  if (UNANSWERED.test(failure))
    return { code: NOT_RUN, sentence: 'npm audit: not run, the registry does not answer it.' };
  return { code: 1, sentence: failure };
}

async function ask() {
  try {
    await runNpm(ARGUMENTS, { cwd: ROOT, fallbackHome: join(ROOT, '.data', 'home') });
    return null;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { code, sentence } = verdictOf(await ask());
  console.log(sentence);
  process.exitCode = code;
}
