import { and, eq, ne, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { sessions, users } from '#db/schema/members.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { endSessions } from '../end-sessions.ts';
import { applyGroupRoles, recordRoleChanges } from '../groups/apply-group-roles.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { liveIssuers } from './live-issuers.ts';

/** Everybody to whom a provider, or its provisioning client, could have given a role. */
async function peopleOf(tx: Tx, issuer: string): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        ne(users.status, 'deleted'),
        sql`(${eq(users.claimedIssuer, issuer)} or ${eq(users.provisionedIssuer, issuer)}
          or exists (select 1 from accounts a where a.user_id = ${users.id} and a.issuer = ${issuer}))`,
      ),
    );
  return rows.map(({ id }) => id);
}

/** Ends what a provider vouched for, but for the session that acts; answers with how many sessions. */
async function endVouched({ tx, actor, now, announce }: CommandArgs<unknown>, issuer: string) {
  const acting = actor.kind === 'user' && actor.sessionId !== '' ? actor.sessionId : null;
  const others = acting === null ? undefined : ne(sessions.id, acting);
  return (await endSessions(tx, now, announce, eq(sessions.issuer, issuer), others)).length;
}

/**
 * Draws what follows from a provider that lets people in now, or no more: without it the sessions that it vouched for
 * end, and its groups and its default role give nothing (security A4, A11); with it they give again what is known.
 *
 * @throws AppError `conflict` where the last admin would go with it
 */
export async function settleProvider(args: CommandArgs<unknown>, issuer: string) {
  const { tx, actor, now, deps } = args;
  const isLive = (await liveIssuers(tx, deps)).includes(issuer);
  const sessionsEnded = isLive ? 0 : await endVouched(args, issuer);
  const settle = async () => applyGroupRoles(args, await peopleOf(tx, issuer));
  const changes = await keepingAdmins(tx, settle, { teams: false });
  await recordRoleChanges(tx, actor, changes, now);
  return { sessionsEnded, rolesChanged: changes.length };
}
