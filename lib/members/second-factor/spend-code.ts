import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { recoveryCodes } from '#db/schema/sign-in.ts';
import type { Sealer } from '#lib/command/context.ts';
import { stepOfCode } from './authenticator.ts';
import { hashRecoveryCode } from './recovery-codes.ts';

type Writer = Pick<Db, 'select' | 'update'>;

/** Takes the time step of a code, unless it or a later one was taken before. */
async function spendStep(
  db: Writer,
  sealer: Sealer,
  userId: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const [user] = await db
    .select({ secret: users.totpSecret })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)));
  const step = user?.secret ? stepOfCode(sealer.open(user.secret), code, now.getTime()) : null;
  if (step === null) return false;
  const unspent = or(isNull(users.totpLastStep), lt(users.totpLastStep, step));
  const spent = await db
    .update(users)
    .set({ totpLastStep: step })
    .where(and(eq(users.id, userId), unspent))
    .returning({ id: users.id });
  return spent.length > 0;
}

async function spendRecoveryCode(db: Writer, userId: string, code: string, now: Date): Promise<boolean> {
  const spent = await db
    .update(recoveryCodes)
    .set({ usedAt: now })
    .where(
      and(
        eq(recoveryCodes.codeHash, hashRecoveryCode(code)),
        eq(recoveryCodes.userId, userId),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ at: recoveryCodes.createdAt });
  return spent.length > 0;
}

/** Spends a code of the authenticator app, or a recovery code: both work once. Null when it is neither. */
export async function spendCode(
  db: Writer,
  sealer: Sealer,
  userId: string,
  typed: string,
  now: Date,
): Promise<'authenticator' | 'recovery-code' | null> {
  const code = typed.replaceAll(/\s/g, '');
  if (/^\d{6}$/.test(code)) return (await spendStep(db, sealer, userId, code, now)) ? 'authenticator' : null;
  return (await spendRecoveryCode(db, userId, code, now)) ? 'recovery-code' : null;
}
