import type { z } from 'zod';
import { openDb } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { provisionApiKey } from '#lib/api-keys/provision-api-key.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { type Command, execute } from '#lib/command/define-command.ts';
import type { Config } from '#lib/config/config.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { provisionAdmin, provisionTeam } from '#lib/members/create-first-admin.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { hasAdmin, issueSetupToken } from '#lib/members/setup-link.ts';
import { requireMasterKey } from '#lib/pipeline/secrets/master-key.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { hostContext } from './host-context.ts';

/** What the start did, in sentences for the terminal; `setupToken` is null when there is an admin. */
export interface Provisioned {
  done: string[];
  setupToken: string | null;
}

const GRANTS: readonly Permission[] = ['setup:complete', 'setup:issue-link'];

type Provisioning = Pick<Config, 'database' | 'provisioning' | 'sessions' | 'agents'> & {
  secrets: Pick<Config['secrets'], 'key' | 'formerKeys'>;
};

/** Runs a verb as the start itself; false when another start was first. */
async function run(
  context: CommandContext,
  command: Command<z.ZodType, unknown>,
  input: object,
): Promise<boolean> {
  try {
    await execute(context, await systemActor(context.db, 'npm start', GRANTS), command, input);
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') return false;
    throw error;
  }
}

async function setupToken(context: CommandContext): Promise<string | null> {
  if (await hasAdmin(context.db)) return null;
  const actor = await systemActor(context.db, 'npm start', GRANTS);
  const { token } = await execute(context, actor, issueSetupToken, {});
  return token;
}

/**
 * Makes the first admin and the first API key that the configuration asks for, each while none exists,
 * and a one-time token for the first admin when there is none.
 *
 * @throws AppError `invalid` when a wish can't be granted as it is written, or the master key is not that of the
 *   database
 */
export async function provision(config: Provisioning): Promise<Provisioned> {
  const { admin, apiKey } = config.provisioning;
  const handle = openDb(config.database.url, 2);
  const context = hostContext(config, handle.db);
  const done: string[] = [];
  try {
    await requireMasterKey(handle.db, createSecretBox(config.secrets.key, config.secrets.formerKeys));
    const [key] = await handle.db.select({ id: apiKeys.id }).from(apiKeys).limit(1);
    const wantsAdmin = admin !== null && !(await hasAdmin(handle.db));
    const wantsKey = apiKey !== null && key === undefined;
    if (wantsAdmin || wantsKey) await run(context, provisionTeam, {});
    if (wantsAdmin && (await run(context, provisionAdmin, admin))) done.push(`Made the admin ${admin.email}`);
    if (wantsKey && (await run(context, provisionApiKey, { key: apiKey }))) {
      done.push('Made the API key of INIT_API_KEY');
    }
    return { done, setupToken: await setupToken(context) };
  } finally {
    await handle.close();
  }
}
