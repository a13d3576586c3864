import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#db/schema/api-keys.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';

/**
 * Ends a key for good. Every process hears of it at once and forgets what it cached (security P3). Whoever may revoke
 * ends any key of the team, whatever its scopes: a key that leaked must end now, it belongs to no person, and ending it
 * hands nothing on; making and rotating one does and asks for what it gives.
 */
export const revokeApiKey = defineCommand({
  name: 'api-keys.revoke',
  permission: 'api-keys:revoke',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'api-key.revoke', target: 'api-key' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const own = and(eq(apiKeys.id, id), eq(apiKeys.teamId, actor.teamId));
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(own, isNull(apiKeys.revokedAt)))
      .returning({ name: apiKeys.name });
    if (!revoked) {
      const [known] = await tx.select({ id: apiKeys.id }).from(apiKeys).where(own);
      throw known
        ? new AppError('conflict', 'This key was revoked already.')
        : new AppError('not_found', 'There is no such key.');
    }
    announce({ type: 'api-key.revoked', keyId: id });
    const { name } = revoked;
    return {
      result: { id },
      targetId: id,
      before: { name, revokedAt: null },
      after: { name, revokedAt: now },
    };
  },
});
