import { z } from 'zod';
import { memberships, teams } from '#db/schema/members.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { heldEverywhere } from '../roles/role-rows.ts';
import { takeSlug, teamFields } from './team-input.ts';

const ADMIN = { id: 'admin', permissions: [] };

/**
 * Makes a team. Whoever makes it becomes its admin, if they hold in every team what an admin of a team holds; else it
 * waits for an admin of the installation to invite people (security Z6).
 */
export const createTeam = defineCommand({
  name: 'teams.create',
  permission: 'teams:create',
  input: z.strictObject(teamFields),
  audit: { action: 'team.create', target: 'team' },
  async run({ input, actor, tx, now, announce }) {
    const held = await heldEverywhere(tx, actor);
    await takeSlug(tx, input.slug, null);
    const id = uuidv7(now.getTime());
    await tx.insert(teams).values({ id, ...input, createdAt: now });
    const leads = [...effectivePermissions([ADMIN], [])].every((permission) => held.has(permission));
    if (leads && actor.kind === 'user') {
      const { userId } = actor;
      await tx.insert(memberships).values({ teamId: id, userId, role: 'admin', createdAt: now });
      announce({ type: 'access.changed', userId });
    }
    return { result: { id }, targetId: id, after: input };
  },
});
