import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';

/** Makes new recovery codes; those there were are worth nothing any more. */
export const renewRecoveryCodes = defineCommand({
  name: 'second-factor.renew-recovery-codes',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  audit: { action: 'second-factor.renew-recovery-codes', target: 'user' },
  async run({ actor, tx, now }) {
    const { userId } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)))
      .for('update');
    if (!user) throw new AppError('conflict', 'There is no second factor that they would stand in for.');
    const codes = await replaceRecoveryCodes(tx, userId, now);
    return { result: { codes }, targetId: userId, after: { recoveryCodes: codes.length } };
  },
});
