import { eq } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import type { Origin } from '#lib/access/actor.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { execute } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { normaliseEmail } from './credentials/email.ts';
import { verifyPassword } from './credentials/password.ts';
import { recordFailedSignIn } from './record-failed-sign-in.ts';
import { beginSecondStep, type SecondStep } from './second-factor/second-step.ts';
import { arrivingActor, type NewSession, signIn } from './start-session.ts';

export interface PasswordSignIn {
  email: string;
  password: string;
  origin: Origin;
  /** The session token that the browser holds, if any; its session ends. */
  replaces: string | null;
}

/** The same words whatever was wrong, so that they tell nobody which addresses exist (security A12). */
const REFUSED = 'The e-mail address or the password is not right.';

/** A session, or the second step for who switched a second factor on. */
export type PasswordAnswer = ({ kind: 'session' } & NewSession) | SecondStep;

/**
 * Signs a person in by e-mail and password. The caller has asked the rate limiter before.
 *
 * @throws AppError `unauthenticated` in the same words and the same time for every reason
 */
export async function signInWithPassword(
  context: CommandContext,
  attempt: PasswordSignIn,
): Promise<PasswordAnswer> {
  const email = normaliseEmail(attempt.email) ?? '';
  const [user] = await context.db.select().from(users).where(eq(users.email, email)).limit(1);
  const fits = await verifyPassword(attempt.password, user?.passwordHash ?? null);
  if (!user || !fits || user.status !== 'active') {
    const { origin } = attempt;
    // As typed it might be the password, in the wrong field: what is no address does not get into the ledger.
    const claimed = email === '' ? 'no e-mail address' : email;
    await recordFailedSignIn(context, { userId: user?.id ?? null, claimed, origin, reason: 'password' });
    throw new AppError('unauthenticated', REFUSED);
  }
  const { origin, replaces } = attempt;
  if (user.totpConfirmedAt !== null)
    return execute(context, await arrivingActor(context, user.id, origin), beginSecondStep, {});
  const session = await signIn(context, user.id, origin, { method: 'password', replaces });
  return { kind: 'session', ...session };
}
