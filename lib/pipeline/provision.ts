import { provisionApiKey } from '#lib/api-keys/provision-api-key.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { execute } from '#lib/command/define-command.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { provisionAdmin, provisionTeam } from '#lib/members/create-first-admin.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { hasAdmin, issueSetupToken } from '#lib/members/setup-link.ts';

/** What an unattended start asks for; null: nothing. */
export interface ProvisioningWishes {
  admin: { email: string; password: string } | null;
  apiKey: string | null;
}

export interface Provisioned {
  /** What was made, a sentence each. */
  done: string[];
  /** The one-time token for the first admin; null when there is an admin. */
  setupToken: string | null;
}

const GRANTS = ['setup:complete', 'setup:issue-link'] as const;

/** Runs one step; that its result exists already is no failure. */
async function once(done: string[], sentence: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
    done.push(sentence);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'conflict') throw error;
  }
}

/**
 * Brings a fresh installation to where people and machines can sign in: the default team, the admin and
 * the API key that were asked for, and a setup token while there is no admin. Safe to run at every start
 * and by several processes at once; what exists is left alone.
 *
 * @throws AppError `invalid` when the wished password or key is refused
 */
export async function provision(context: CommandContext, wishes: ProvisioningWishes): Promise<Provisioned> {
  const done: string[] = [];
  const actor = () => systemActor(context.db, 'provisioning', GRANTS);
  const { admin, apiKey } = wishes;
  await once(done, 'made the team default', async () => execute(context, await actor(), provisionTeam, {}));
  if (admin) {
    const sentence = `made the admin ${admin.email}`;
    await once(done, sentence, async () => execute(context, await actor(), provisionAdmin, admin));
  }
  if (apiKey) {
    const sentence = 'made the API key of INIT_API_KEY';
    await once(done, sentence, async () => execute(context, await actor(), provisionApiKey, { key: apiKey }));
  }
  if (await hasAdmin(context.db)) return { done, setupToken: null };
  const { token } = await execute(context, await actor(), issueSetupToken, {});
  return { done, setupToken: token };
}
