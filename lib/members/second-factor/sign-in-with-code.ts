import type { Origin } from '#lib/access/actor.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { recordFailedSignIn } from '../record-failed-sign-in.ts';
import { type NewSession, signIn } from '../start-session.ts';
import { endSecondStep, takeTry } from './second-step.ts';
import { spendCode } from './spend-code.ts';

export interface CodeSignIn {
  /** Of the second step that the right password opened. */
  token: string;
  /** Of the authenticator app, or a recovery code. */
  code: string;
  origin: Origin;
  /** The session token that the browser holds, if any; its session ends. */
  replaces: string | null;
}

/**
 * Signs a person in whose password was right, by a code. The caller has asked the rate limiter before.
 *
 * @throws AppError `unauthenticated` when the code is not right, was used before or the step is over
 */
export async function signInWithCode(context: CommandContext, attempt: CodeSignIn): Promise<NewSession> {
  const { db, clock, deps } = context;
  const { token, code, origin, replaces } = attempt;
  const now = new Date(clock.now());
  const { userId, email } = await takeTry(db, token, now);
  const secondFactor = await spendCode(db, deps.sealer, userId, code, now);
  if (secondFactor === null) {
    await recordFailedSignIn(context, { userId, claimed: email, origin, reason: 'second factor' });
    throw new AppError('unauthenticated', 'This code is not right, or was used before.');
  }
  await endSecondStep(db, token, now);
  return signIn(context, userId, origin, { method: 'password', secondFactor, replaces });
}
