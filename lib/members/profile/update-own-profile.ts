import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { THEMES } from '#lib/model/appearance.ts';
import { isTimeZone } from '#lib/model/zoned-time.ts';
import { actingPerson } from '../acting-person.ts';

const input = z.strictObject({
  name: z.string().trim().max(120, 'A name has at most 120 characters.').optional(),
  /** Null: the zone of the browser. */
  timeZone: z.string().max(64).refine(isTimeZone, 'There is no such time zone.').nullable().optional(),
  /** Null: what each browser keeps. */
  theme: z.enum(THEMES).nullable().optional(),
});

/** Changes what somebody decides about themselves; what is left out stays. */
export const updateOwnProfile = defineCommand({
  name: 'profile.update-own',
  permission: 'profile:manage-own',
  input,
  audit: { action: 'profile.update', target: 'user' },
  async run({ input: given, actor, tx }) {
    const { userId } = actingPerson(actor);
    const { name, timeZone, theme } = users;
    const [before] = await tx
      .select({ name, timeZone, theme })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (!before) throw new AppError('not_found', 'This account is gone.');
    const after = {
      name: given.name ?? before.name,
      timeZone: given.timeZone === undefined ? before.timeZone : given.timeZone,
      theme: given.theme === undefined ? before.theme : given.theme,
    };
    await tx.update(users).set(after).where(eq(users.id, userId));
    return { result: after, targetId: userId, before, after };
  },
});
