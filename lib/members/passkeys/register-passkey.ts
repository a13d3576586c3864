import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { count, eq } from 'drizzle-orm';
import { z } from 'zod';
import { passkeys } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { passkeyName, type RegistrationResponse, registrationResponseSchema } from '#lib/model/passkey.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { actingPerson } from '../acting-person.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { keepChallenge, spendChallenge } from './challenges.ts';
import { relyingParty } from './relying-party.ts';

const MOST = 20;
/** EdDSA, ES256 and RS256 (COSE): what authenticators in use know; the library would add experimental ones. */
const ALGORITHMS = [-8, -7, -257];

/** Asks the browser for a new passkey of the actor; authenticators that hold one already are left out. */
export const beginPasskey = defineCommand({
  name: 'passkeys.begin',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  audit: { action: 'passkey.begin', target: 'user' },
  async run({ actor, tx, now, deps }) {
    const { userId, email, name } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const held = await tx
      .select({ credentialId: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(eq(passkeys.userId, userId));
    const options = await generateRegistrationOptions({
      rpName: 'Pitwall',
      rpID: relyingParty(deps).id,
      userID: Uint8Array.from(Buffer.from(userId)),
      userName: email,
      userDisplayName: name || email,
      attestationType: 'none',
      supportedAlgorithmIDs: ALGORITHMS,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: held.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports,
      })),
    });
    await keepChallenge(tx, 'passkey-registration', options.challenge, userId, now);
    return { result: options, targetId: userId };
  },
});

async function verify(
  { tx, now, deps }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'deps'>,
  userId: string,
  response: RegistrationResponse,
) {
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(deps);
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedOrigin,
      expectedRPID,
      expectedChallenge: async (challenge) =>
        (await spendChallenge(tx, 'passkey-registration', challenge, now))?.userId === userId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (registrationInfo) return registrationInfo;
  } catch (cause) {
    throw new AppError('invalid', 'This passkey could not be taken. Try again.', { cause });
  }
  throw new AppError('invalid', 'This passkey could not be taken. Try again.');
}

/** Keeps a new passkey of the actor under a name, and tells them by mail. */
export const registerPasskey = defineCommand({
  name: 'passkeys.register',
  permission: 'credentials:manage-own',
  input: z.strictObject({ name: passkeyName, response: registrationResponseSchema }),
  audit: { action: 'passkey.register', target: 'passkey' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const { credential, credentialBackedUp } = await verify(args, userId, input.response);
    const [held] = await tx.select({ n: count() }).from(passkeys).where(eq(passkeys.userId, userId));
    if ((held?.n ?? 0) >= MOST) throw new AppError('conflict', `At most ${MOST} passkeys. Delete one first.`);
    const id = uuidv7(now.getTime());
    const made = await tx
      .insert(passkeys)
      .values({
        ...{ id, userId, name: input.name, createdAt: now, isBackedUp: credentialBackedUp },
        credentialId: Buffer.from(credential.id, 'base64url'),
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
      })
      .onConflictDoNothing()
      .returning({ id: passkeys.id });
    if (made.length === 0) throw new AppError('conflict', 'This passkey is known already.');
    await enqueueNotice(args, {
      kind: 'passkey-added',
      to: email,
      subject: 'A passkey was added to your Pitwall account',
      said: 'A new passkey opens it from now on, without the password.',
    });
    return { result: { id }, targetId: id, after: { name: input.name, isBackedUp: credentialBackedUp } };
  },
});
