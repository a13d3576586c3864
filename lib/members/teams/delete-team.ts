import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { memberships, teams } from '#db/schema/members.ts';
import { invitations } from '#db/schema/sign-in.ts';
import type { Actor } from '#lib/access/actor.ts';
import { Grants, readGrants } from '#lib/access/grants.ts';
import { refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { isDefaultTeam } from '../default-team.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { noSuchTeam } from './queries.ts';

/**
 * What the members of a team were granted. Whoever loses the team may do no more in it than whoever deletes it
 * (security Z6). @throws AppError `forbidden`
 */
async function grantsOfWeaker(tx: Tx, actor: Actor, teamId: string): Promise<[string, Grants][]> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people delete teams.');
  const members = await tx
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(eq(memberships.teamId, teamId));
  const userIds = members.map(({ userId }) => userId);
  const grants = await readGrants(tx, [actor.userId, ...userIds]);
  const held = (grants.get(actor.userId) ?? new Grants()).permissionsIn(teamId);
  for (const theirs of grants.values()) refuseStronger(held, theirs.permissionsIn(teamId));
  return [...grants].filter(([userId]) => userIds.includes(userId));
}

/** Whether somebody may do something in a team that they may not do everywhere. */
function losesBy(grants: Grants, teamId: string): boolean {
  const everywhere = grants.permissionsEverywhere;
  return [...grants.permissionsIn(teamId)].some((permission) => !everywhere.has(permission));
}

/**
 * Deletes a team with everything that it owns; its part of the audit log stays. Telemetry that it sent is reached by
 * nobody any more and goes with its retention. Whoever may do less without it signs in again, as when they are removed.
 *
 * @throws AppError `not_found`, `forbidden` where a member may do more, `invalid` unless its short name was typed, `conflict` for the first team and for the
 *   one that the actor acts in
 */
export const deleteTeam = defineCommand({
  name: 'teams.delete',
  permission: 'teams:delete',
  input: z.strictObject({ id: z.uuid(), confirm: z.string().max(100) }),
  audit: { action: 'team.delete', target: 'team' },
  async run(args) {
    const { input, actor, tx, now, announce } = args;
    const { id, confirm } = input;
    requireRecentSignIn(actor, now);
    return keepingAdmins(
      tx,
      async () => {
        const [team] = await tx
          .select({ name: teams.name, slug: teams.slug })
          .from(teams)
          .where(eq(teams.id, id))
          .for('update');
        if (!team) throw noSuchTeam();
        if (confirm !== team.slug) {
          const issues = [{ path: 'confirm', message: `Type ${team.slug} to delete the team.` }];
          throw new AppError('invalid', 'Some values are not valid.', { issues });
        }
        if (isDefaultTeam(team))
          throw new AppError('conflict', 'The first team stays: newcomers are led to it.');
        if (id === actor.teamId)
          throw new AppError('conflict', 'You are in this team. Switch to another first.');
        const members = await grantsOfWeaker(tx, actor, id);
        await tx.delete(invitations).where(eq(invitations.teamId, id));
        const keys = await tx.delete(apiKeys).where(eq(apiKeys.teamId, id)).returning({ id: apiKeys.id });
        await tx.delete(memberships).where(eq(memberships.teamId, id));
        await tx.execute(sql`delete from teams where id = ${id}`);
        let sessionsEnded = 0;
        for (const [userId, grants] of members) {
          if (losesBy(grants, id)) sessionsEnded += await endForNewRoles(args, userId);
          else announce({ type: 'access.changed', userId });
        }
        for (const key of keys) announce({ type: 'api-key.revoked', keyId: key.id });
        return { result: { id }, targetId: id, before: team, after: { sessionsEnded } };
      },
      { teams: false },
    );
  },
});
