import { eq } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import type { Origin } from '#lib/access/actor.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { recordRefusal } from '#lib/command/record-refusal.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { normaliseEmail } from './credentials/email.ts';
import { verifyPassword } from './credentials/password.ts';
import { type NewSession, signIn } from './start-session.ts';
import { teamsOf } from './teams-of.ts';

export interface PasswordSignIn {
  email: string;
  password: string;
  origin: Origin;
  /** The session token that the browser holds, if any; its session ends. */
  replaces: string | null;
}

/** The same words whatever was wrong, so that they tell nobody which addresses exist (security A12). */
const REFUSED = 'The e-mail address or the password is not right.';

/**
 * Signs a person in by e-mail and password. The caller has asked the rate limiter before.
 *
 * @throws AppError `unauthenticated` in the same words and the same time for every reason
 */
export async function signInWithPassword(
  context: CommandContext,
  attempt: PasswordSignIn,
): Promise<NewSession> {
  const email = normaliseEmail(attempt.email) ?? '';
  const [user] = await context.db.select().from(users).where(eq(users.email, email)).limit(1);
  const fits = await verifyPassword(attempt.password, user?.passwordHash ?? null);
  if (!user || !fits || user.status !== 'active') {
    await recordFailure(context, attempt, user);
    throw new AppError('unauthenticated', REFUSED);
  }
  return signIn(context, user.id, attempt.origin, { method: 'password', replaces: attempt.replaces });
}

async function recordFailure(
  context: CommandContext,
  attempt: PasswordSignIn,
  user: typeof users.$inferSelect | undefined,
): Promise<void> {
  const [team] = user ? await teamsOf(context.db, user.id) : [];
  const teamId = team?.id ?? INSTALLATION_LEDGER;
  const { email: claimed, origin } = attempt;
  await recordRefusal(context, {
    actor: { kind: 'anonymous', teamId, claimed, origin },
    action: 'sign-in',
    target: { kind: 'user', id: user?.id ?? '' },
    outcome: 'failed',
    reason: 'password',
  });
}
