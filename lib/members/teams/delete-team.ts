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
import { keepingAdmins } from '../keep-admins.ts';
import { noSuchTeam } from './queries.ts';

/** Whoever loses the team may do no more in it than whoever deletes it (security Z6). @throws AppError `forbidden` */
async function refuseStrongerTeam(tx: Tx, actor: Actor, teamId: string, userIds: string[]): Promise<void> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people delete teams.');
  const grants = await readGrants(tx, [actor.userId, ...userIds]);
  const held = (grants.get(actor.userId) ?? new Grants()).permissionsIn(teamId);
  for (const theirs of grants.values()) refuseStronger(held, theirs.permissionsIn(teamId));
}

/**
 * Deletes a team with everything that it owns; its part of the audit log stays. Telemetry that it sent is reached by
 * nobody any more and goes with its retention.
 *
 * @throws AppError `not_found`, `forbidden` where a member may do more, `invalid` unless its short name was typed, `conflict` for the first team and for the
 *   one that the actor acts in
 */
export const deleteTeam = defineCommand({
  name: 'teams.delete',
  permission: 'teams:delete',
  input: z.strictObject({ id: z.uuid(), confirm: z.string().max(100) }),
  audit: { action: 'team.delete', target: 'team' },
  async run({ input: { id, confirm }, actor, tx, now, announce }) {
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
        const people = await tx
          .select({ userId: memberships.userId })
          .from(memberships)
          .where(eq(memberships.teamId, id));
        await refuseStrongerTeam(
          tx,
          actor,
          id,
          people.map(({ userId }) => userId),
        );
        await tx.delete(invitations).where(eq(invitations.teamId, id));
        const keys = await tx.delete(apiKeys).where(eq(apiKeys.teamId, id)).returning({ id: apiKeys.id });
        const members = await tx
          .delete(memberships)
          .where(eq(memberships.teamId, id))
          .returning({ userId: memberships.userId });
        await tx.execute(sql`delete from teams where id = ${id}`);
        for (const { userId } of members) announce({ type: 'access.changed', userId });
        for (const key of keys) announce({ type: 'api-key.revoked', keyId: key.id });
        return { result: { id }, targetId: id, before: team };
      },
      { teams: false },
    );
  },
});
