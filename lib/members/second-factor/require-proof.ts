import { generateAuthenticationOptions } from '@simplewebauthn/server';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { passkeys } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { assertionResponseSchema } from '#lib/model/passkey.ts';
import { actingPerson } from '../acting-person.ts';
import { keepChallenge } from '../passkeys/challenges.ts';
import { findPasskey, provePasskey } from '../passkeys/prove-passkey.ts';
import { relyingParty } from '../passkeys/relying-party.ts';
import { spendCode } from './spend-code.ts';

/** What shows that it is still the person: a code, or the answer of one of their passkeys. */
export const proofInput = z.union([
  z.strictObject({ code: z.string().max(40) }),
  z.strictObject({ passkey: assertionResponseSchema }),
]);

/** Asks the browser for a passkey of the actor, in place of a code. */
export const beginProof = defineCommand({
  name: 'passkeys.begin-proof',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  audit: { action: 'passkey.begin-proof', target: 'user' },
  async run({ actor, tx, now, deps }) {
    const { userId } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const held = await tx
      .select({ credentialId: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(eq(passkeys.userId, userId));
    if (held.length === 0) throw new AppError('conflict', 'You have no passkey. Type a code instead.');
    const options = await generateAuthenticationOptions({
      rpID: relyingParty(deps).id,
      userVerification: 'required',
      allowCredentials: held.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports,
      })),
    });
    await keepChallenge(tx, 'passkey-sign-in', options.challenge, userId, now);
    return { result: options, targetId: userId };
  },
});

/**
 * Takes a proof of the person who acts: spends their code, or judges the answer of their passkey.
 *
 * @throws AppError `forbidden` when it is not right
 */
export async function requireProof({
  input,
  actor,
  tx,
  now,
  deps,
}: CommandArgs<z.output<typeof proofInput>>): Promise<void> {
  const { userId } = actingPerson(actor);
  if ('code' in input) {
    if ((await spendCode(tx, deps.sealer, userId, input.code, now)) === null)
      throw new AppError('forbidden', 'This code is not right, or was used before.');
    return;
  }
  const judging = { db: tx, deps, now };
  try {
    await provePasskey(judging, input.passkey, await findPasskey(judging, input.passkey.id), userId);
  } catch (cause) {
    throw new AppError('forbidden', 'This passkey does not show that it is you. Use another, or a code.', {
      cause,
    });
  }
}
