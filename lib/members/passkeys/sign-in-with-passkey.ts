import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { and, eq } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import { passkeys } from '#db/schema/sign-in.ts';
import type { Origin } from '#lib/access/actor.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type AssertionResponse, assertionResponseSchema } from '#lib/model/passkey.ts';
import { recordFailedSignIn } from '../record-failed-sign-in.ts';
import { endSecondStep, takeTry } from '../second-factor/second-step.ts';
import { type NewSession, signIn } from '../start-session.ts';
import { keepChallenge, spendChallenge } from './challenges.ts';
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

type Passkey = Awaited<ReturnType<typeof findPasskey>>;

async function findPasskey({ db }: CommandContext, credentialId: string) {
  const { id, userId, publicKey, counter } = passkeys;
  const [found] = await db
    .select({ id, userId, publicKey, counter, email: users.email, status: users.status })
    .from(passkeys)
    .innerJoin(users, eq(users.id, userId))
    .where(eq(passkeys.credentialId, Buffer.from(credentialId, 'base64url')));
  return found ?? null;
}

/** The challenge that an answer says it signed; spent by this, whatever becomes of the answer. */
async function spendSigned({ db, clock }: CommandContext, answer: AssertionResponse): Promise<string | null> {
  const { challenge } = decodeClientDataJSON(answer.response.clientDataJSON);
  const spent = await spendChallenge(db, 'passkey-sign-in', challenge, new Date(clock.now()));
  return spent && challenge;
}

/** The counter that the authenticator is at now; throws when anything of the answer is not right. */
async function verify(
  { deps }: CommandContext,
  answer: AssertionResponse,
  passkey: NonNullable<Passkey>,
  expectedChallenge: string,
): Promise<number> {
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(deps);
  const { userHandle } = answer.response;
  if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== passkey.userId)
    throw new Error('the passkey is of somebody else');
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    ...{ response: answer, expectedChallenge, expectedOrigin, expectedRPID },
    credential: { id: answer.id, publicKey: Uint8Array.from(passkey.publicKey), counter: passkey.counter },
    requireUserVerification: true,
  });
  if (!verified) throw new Error('the signature is not right');
  return authenticationInfo.newCounter;
}

/** Whose passkey signed a challenge of ours; the counter of an authenticator that was copied goes back or stands still. */
async function prove(context: CommandContext, answer: AssertionResponse, passkey: Passkey): Promise<string> {
  const challenge = await spendSigned(context, answer);
  if (challenge === null) throw new Error('the challenge is none of ours, or was used');
  if (passkey?.status !== 'active') throw new Error('the passkey is unknown');
  const counter = await verify(context, answer, passkey, challenge);
  const lastUsedAt = new Date(context.clock.now());
  const moved = await context.db
    .update(passkeys)
    .set({ counter, lastUsedAt })
    .where(and(eq(passkeys.id, passkey.id), eq(passkeys.counter, passkey.counter)))
    .returning({ id: passkeys.id });
  if (moved.length === 0) throw new Error('the passkey was used elsewhere at the same moment');
  return passkey.userId;
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
  const passkey = await findPasskey(context, answer.id);
  let userId: string;
  try {
    userId = await prove(context, answer, passkey);
  } catch (error) {
    context.log.debug({ err: error }, 'a passkey was refused');
    const claimed = passkey?.email ?? 'a passkey';
    const failed = { userId: passkey?.userId ?? null, claimed, origin: attempt.origin, reason: 'passkey' };
    await recordFailedSignIn(context, failed);
    throw new AppError('unauthenticated', 'This passkey does not let you in. Use another, or your password.');
  }
  return enter(context, userId, attempt);
}
