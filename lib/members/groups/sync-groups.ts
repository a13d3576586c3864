import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { GROUPS_FROM } from '#lib/model/identity-provider.ts';
import { applyGroupRoles } from './apply-group-roles.ts';

/** Groups of one person that are looked at; a provider that sends more sends the first of them. */
export const MOST_GROUPS = 1000;

/**
 * Takes over the groups that a provider named at a sign-in, and what follows from them: a removed group removes its
 * role (security A11). One that pointed elsewhere in place of a list said nothing of them, least of all that there are
 * none: those of the sign-in before go on, and the ledger says so.
 */
export const syncGroups = defineCommand({
  name: 'members.sync-groups',
  permission: 'members:sync-groups',
  input: z.strictObject({
    userId: z.uuid(),
    /** Of the provider that named them. */
    issuer: z.url().max(500),
    groups: z.array(z.string().max(200)).max(MOST_GROUPS),
    groupsFrom: z.enum(GROUPS_FROM),
  }),
  audit: { action: 'member.sync-groups', target: 'user' },
  async run({ input: { userId, issuer, groups, groupsFrom }, tx, now, announce, deps }) {
    const [before] = await tx
      .select({ groups: users.claimedGroups, issuer: users.claimedIssuer })
      .from(users)
      .where(and(eq(users.id, userId), ne(users.status, 'deleted')))
      .for('update');
    if (!before) throw new AppError('not_found', 'There is no such account.');
    const isUnsaid = groupsFrom === 'elsewhere';
    const claimedGroups = isUnsaid ? before.groups : [...new Set(groups)].sort();
    const claimedIssuer = isUnsaid ? before.issuer : issuer;
    await tx.update(users).set({ claimedGroups, claimedIssuer }).where(eq(users.id, userId));
    const [change] = await applyGroupRoles({ tx, now, announce, deps }, [userId]);
    return {
      result: undefined,
      targetId: userId,
      before: { groups: before.groups, ...change?.before },
      after: {
        groups: claimedGroups,
        issuer,
        groupsFrom,
        ...(isUnsaid && { groupsKept: claimedGroups.length }),
        ...change?.after,
      },
    };
  },
});
