import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { Origin } from '#lib/access/actor.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { assertionResponseSchema } from '#lib/model/passkey.ts';
import { recordFailedSignIn } from '../record-failed-sign-in.ts';
import { endSecondStep, takeTry } from '../second-factor/second-step.ts';
import { type NewSession, signIn } from '../start-session.ts';
import { keepChallenge } from './challenges.ts';
import { findPasskey, provePasskey } from './prove-passkey.ts';
import { relyingParty } from './relying-party.ts';

/** Asks the browser for any passkey of ours; the authenticator says whose it is. */
export async function beginPasskeySignIn({ db, deps, clock }: CommandContext) {
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(deps).id,
    userVerification: 'required',
  });
  await keepChallenge(db, 'passkey-sign-in', options.challenge, null, new Date(clock.now()));
  return options;
}

export interface PasskeySignIn {
  /** What the authenticator answered, as it came in. */
  response: unknown;
  /** The second step that it is the answer to; null: it signs in alone. */
  secondStep: string | null;
  origin: Origin;
  /** The session token that the browser holds, if any; its session ends. */
  replaces: string | null;
}

/** Signs in who was proven: alone, or as the answer to the second step of the same person. */
async function enter(context: CommandContext, userId: string, attempt: PasskeySignIn): Promise<NewSession> {
  const { secondStep, origin, replaces } = attempt;
  if (secondStep === null) return signIn(context, userId, origin, { method: 'passkey', replaces });
  const now = new Date(context.clock.now());
  const person = await takeTry(context.db, secondStep, now);
  if (person.userId !== userId) {
    await recordFailedSignIn(context, { ...person, claimed: person.email, origin, reason: 'passkey' });
    throw new AppError('unauthenticated', 'This passkey is of somebody else.');
  }
  await endSecondStep(context.db, secondStep, now);
  return signIn(context, userId, origin, { method: 'password', secondFactor: 'passkey', replaces });
}

/**
 * Signs a person in by a passkey. The caller has asked the rate limiter before.
 *
 * @throws AppError `unauthenticated` in the same words for every reason
 */
export async function signInWithPasskey(
  context: CommandContext,
  attempt: PasskeySignIn,
): Promise<NewSession> {
  const answer = assertionResponseSchema.safeParse(attempt.response).data;
  if (!answer) throw new AppError('invalid', 'This is no answer of a passkey.');
  const judging = { db: context.db, deps: context.deps, now: new Date(context.clock.now()) };
  const passkey = await findPasskey(judging, answer.id);
  let userId: string;
  try {
    userId = await provePasskey(judging, answer, passkey, null);
  } catch (error) {
    context.log.debug({ err: error }, 'a passkey was refused');
    const claimed = passkey?.email ?? 'a passkey';
    const failed = { userId: passkey?.userId ?? null, claimed, origin: attempt.origin, reason: 'passkey' };
    await recordFailedSignIn(context, failed);
    throw new AppError('unauthenticated', 'This passkey does not let you in. Use another, or your password.');
  }
  return enter(context, userId, attempt);
}
