import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { passkeys } from '#db/schema/sign-in.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import type { AssertionResponse } from '#lib/model/passkey.ts';
import { spendChallenge } from './challenges.ts';
import { relyingParty } from './relying-party.ts';

/** What answers are judged with. */
export interface Judging {
  db: Pick<Db, 'select' | 'update'>;
  deps: CommandDeps;
  now: Date;
}

type Passkey = Awaited<ReturnType<typeof findPasskey>>;

/** The passkey that an answer names, whoever it is of; null where nobody has it. */
export async function findPasskey({ db }: Pick<Judging, 'db'>, credentialId: string) {
  const { id, userId, publicKey, counter } = passkeys;
  const [found] = await db
    .select({ id, userId, publicKey, counter, email: users.email, status: users.status })
    .from(passkeys)
    .innerJoin(users, eq(users.id, userId))
    .where(eq(passkeys.credentialId, Buffer.from(credentialId, 'base64url')));
  return found ?? null;
}

/** The challenge that an answer says it signed, of those that were made for `asked`; spent by this. */
async function spendSigned(
  { db, now }: Judging,
  answer: AssertionResponse,
  asked: string | null,
): Promise<string | null> {
  const { challenge } = decodeClientDataJSON(answer.response.clientDataJSON);
  const spent = await spendChallenge(db, 'passkey-sign-in', challenge, now);
  return spent?.userId === asked ? challenge : null;
}

/** The counter that the authenticator is at now; throws when anything of the answer is not right. */
async function verify(
  { deps }: Judging,
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

/**
 * Whose passkey signed a challenge of ours; the counter of an authenticator that was copied goes back or stands still.
 * Throws when anything is not right.
 *
 * @param asked for whom the challenge was made: somebody who is signed in, or null for whoever signs in
 */
export async function provePasskey(
  judging: Judging,
  answer: AssertionResponse,
  passkey: Passkey,
  asked: string | null,
): Promise<string> {
  const challenge = await spendSigned(judging, answer, asked);
  if (challenge === null) throw new Error('the challenge is none of ours, or was used');
  if (passkey?.status !== 'active') throw new Error('the passkey is unknown');
  if (asked !== null && passkey.userId !== asked) throw new Error('the passkey is of somebody else');
  const counter = await verify(judging, answer, passkey, challenge);
  const moved = await judging.db
    .update(passkeys)
    .set({ counter, lastUsedAt: judging.now })
    .where(and(eq(passkeys.id, passkey.id), eq(passkeys.counter, passkey.counter)))
    .returning({ id: passkeys.id });
  if (moved.length === 0) throw new Error('the passkey was used elsewhere at the same moment');
  return passkey.userId;
}
