import { provision } from '../../lib/compose/provision.ts';
import { makeConfig } from '../../lib/config/config.ts';
import { StartError, say } from './progress.mjs';

/** What the verb refused, in words. */
function explain(error) {
  const issues = error.issues.map(({ path, message }) => `  ${path}: ${message}`);
  return [`Provisioning failed: ${error.message}`, ...issues].join('\n');
}

/**
 * Makes the first admin and the first API key that the environment asks for, while none exist.
 *
 * @param env environment of the processes
 * @returns the one-time link for the first admin, null when there is one
 * @throws StartError when a wish can't be granted as it is written
 */
export async function provisionFirst(env) {
  // The wishes stand in our own environment only.
  const config = makeConfig({ ...process.env, ...env });
  try {
    const { done, setupToken } = await provision(config);
    for (const line of done) say(line);
    return setupToken === null ? null : `${config.app.url}/setup?token=${setupToken}`;
  } catch (error) {
    throw error.name === 'AppError' ? new StartError(explain(error)) : error;
  }
}
