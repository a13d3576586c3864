/** The start's own step: first admin, first API key, one-time link. Prints one JSON line. */
import { provision } from '#lib/compose/provision.ts';
import { getConfig } from '#lib/config/config.ts';
import { isAppError } from '#lib/kernel/errors.ts';

try {
  process.stdout.write(`${JSON.stringify(await provision(getConfig()))}\n`);
} catch (error) {
  if (!isAppError(error)) throw error;
  const issues = error.issues.map((issue) => `  ${issue.path}: ${issue.message}`);
  process.stderr.write(`${[error.message, ...issues].join('\n')}\n`);
  process.exitCode = 1;
}
