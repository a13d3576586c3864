/** What people see and decide about themselves. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { OwnProfileView } from '#lib/model/account-view.ts';
import { actingPerson } from '../acting-person.ts';

/** The profile of the actor. */
export const getOwnProfile = defineQuery({
  name: 'profile.own',
  permission: 'profile:manage-own',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<OwnProfileView> => {
    const { email, name, timeZone, theme } = users;
    const [profile] = await db
      .select({ email, name, timeZone, theme })
      .from(users)
      .where(eq(users.id, actingPerson(actor).userId));
    if (!profile) throw new AppError('not_found', 'This account is gone.');
    return profile;
  },
});
