import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { teams } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { isDefaultTeam } from '../default-team.ts';
import { takeSlug, teamFields } from './team-input.ts';

/**
 * Gives the actor's team another name or short name.
 *
 * @throws AppError `conflict` when the name is no longer the one of `seen`, or the short name is taken or fixed
 */
export const renameTeam = defineCommand({
  name: 'team.rename',
  permission: 'team:update',
  input: z.strictObject({
    ...teamFields,
    /** The names as the person saw them. */
    seen: z.strictObject({ name: z.string().max(80), slug: z.string().max(63) }),
  }),
  audit: { action: 'team.rename', target: 'team' },
  async run({ input: { seen, ...after }, actor, tx }) {
    const { teamId } = actor;
    if (after.slug !== seen.slug) {
      if (isDefaultTeam(seen))
        throw new AppError(
          'conflict',
          'The first team keeps its short name: newcomers are led to it by that.',
        );
      await takeSlug(tx, after.slug, teamId);
    }
    const renamed = await tx
      .update(teams)
      .set(after)
      .where(and(eq(teams.id, teamId), eq(teams.name, seen.name), eq(teams.slug, seen.slug)))
      .returning({ id: teams.id });
    if (renamed.length === 0)
      throw new AppError('conflict', 'Somebody else renamed this team. Reload to see the change.');
    return { result: { id: teamId }, targetId: teamId, before: seen, after };
  },
});
