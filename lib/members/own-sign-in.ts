import { and, count, desc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { passkeys, recoveryCodes } from '#db/schema/sign-in.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { OwnSignInView } from '#lib/model/account-view.ts';
import { actingPerson } from './acting-person.ts';

/** By what the actor can sign in; secrets and keys stay where they are. */
export const getOwnSignIn = defineQuery({
  name: 'credentials.own',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<OwnSignInView> => {
    const { userId } = actingPerson(actor);
    const { passwordHash, passwordChangedAt, totpConfirmedAt } = users;
    const { id, name, createdAt, lastUsedAt, isBackedUp } = passkeys;
    const [[user], [codes], keys] = await Promise.all([
      db.select({ passwordHash, passwordChangedAt, totpConfirmedAt }).from(users).where(eq(users.id, userId)),
      db
        .select({ left: count() })
        .from(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt))),
      db
        .select({ id, name, createdAt, lastUsedAt, isBackedUp })
        .from(passkeys)
        .where(eq(passkeys.userId, userId))
        .orderBy(desc(createdAt)),
    ]);
    if (!user) throw new AppError('not_found', 'This account is gone.');
    return {
      hasPassword: user.passwordHash !== null,
      passwordChangedAt: user.passwordChangedAt,
      secondFactorSince: user.totpConfirmedAt,
      recoveryCodesLeft: codes?.left ?? 0,
      passkeys: keys,
    };
  },
});
