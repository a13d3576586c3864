import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { passkeys } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { passkeyName } from '#lib/model/passkey.ts';
import { actingPerson } from '../acting-person.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';

const own = (id: string, userId: string) => and(eq(passkeys.id, id), eq(passkeys.userId, userId));

async function findOwn(tx: Tx, id: string, userId: string): Promise<{ name: string }> {
  const [found] = await tx
    .select({ name: passkeys.name })
    .from(passkeys)
    .where(own(id, userId))
    .for('update');
  if (!found) throw new AppError('not_found', 'There is no such passkey.');
  return found;
}

/** Gives an own passkey another name. */
export const renamePasskey = defineCommand({
  name: 'passkeys.rename',
  permission: 'credentials:manage-own',
  input: z.strictObject({ id: z.uuid(), name: passkeyName }),
  audit: { action: 'passkey.rename', target: 'passkey' },
  async run({ input: { id, name }, actor, tx }) {
    const { userId } = actingPerson(actor);
    const before = await findOwn(tx, id, userId);
    await tx.update(passkeys).set({ name }).where(own(id, userId));
    return { result: undefined, targetId: id, before, after: { name } };
  },
});

/** Deletes an own passkey; it lets nobody in from then on. The person is told by mail. */
export const deletePasskey = defineCommand({
  name: 'passkeys.delete',
  permission: 'credentials:manage-own',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'passkey.delete', target: 'passkey' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { id } = input;
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const before = await findOwn(tx, id, userId);
    await tx.delete(passkeys).where(own(id, userId));
    await enqueueNotice(args, {
      kind: 'passkey-deleted',
      to: email,
      subject: 'A passkey of your Pitwall account was deleted',
      said: `The passkey ${before.name} opens it no more.`,
    });
    return { result: undefined, targetId: id, before };
  },
});
