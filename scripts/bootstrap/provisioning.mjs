import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError, say } from './progress.mjs';

const run = promisify(execFile);
const WISHES = ['INIT_ADMIN_EMAIL', 'INIT_ADMIN_PASSWORD', 'INIT_API_KEY'];

/**
 * Makes the first admin and the first API key that the environment asks for, while none exist.
 *
 * @param env environment of the processes, without the wishes
 * @returns the one-time link for the first admin, null when there is one
 */
export async function provision(root, config, env) {
  const wishes = Object.fromEntries(WISHES.map((name) => [name, process.env[name] ?? '']));
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'scripts', 'provision.ts')];
  try {
    const { stdout } = await run(process.execPath, args, { cwd: root, env: { ...env, ...wishes } });
    const result = JSON.parse(stdout.trim().split('\n').at(-1));
    for (const line of result.done) say(line);
    return result.setupToken ? `${config.app.url}/setup?token=${result.setupToken}` : null;
  } catch (error) {
    throw new StartError(`Provisioning failed:\n${error.stderr || error.message}`);
  }
}
