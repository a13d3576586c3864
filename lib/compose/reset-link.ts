import { openDb } from '#db/client.ts';
import { execute } from '#lib/command/define-command.ts';
import type { Config } from '#lib/config/config.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { issueResetLink } from '#lib/members/passwords/issue-reset-link.ts';
import { hostContext } from './host-context.ts';

/**
 * Makes a link for a new password as whoever operates the host, for who has nobody to ask and no mail.
 *
 * @param databaseUrl where the database of the installation answers
 * @throws AppError `not_found` for an address that nobody has here, `conflict` for an account that is disabled
 */
export async function resetLinkOfOperator(
  config: Config,
  databaseUrl: string,
  wanted: { email: string; withoutSecondFactor: boolean },
): Promise<{ link: string; expiresAt: Date }> {
  const { db, close } = openDb(databaseUrl, 1);
  try {
    const actor = await systemActor(db, 'operator of the host', ['password:reset']);
    const { path, expiresAt } = await execute(hostContext(config, db), actor, issueResetLink, wanted);
    return { link: config.app.url + path, expiresAt };
  } finally {
    await close();
  }
}
