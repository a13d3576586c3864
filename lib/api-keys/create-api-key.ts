import { z } from 'zod';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Actor } from '#lib/access/actor.ts';
import { KEY_SCOPES, type KeyScope } from '#lib/access/permissions.ts';
import { holdsScope, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashKey, makeKey } from './key-format.ts';

const DAY_MS = 86_400_000;

const input = z.strictObject({
  name: z.string().trim().min(1, 'Give the key a name.').max(80),
  scopes: z
    .array(z.enum(KEY_SCOPES))
    .min(1, 'Choose at least one scope.')
    .transform((scopes) => [...new Set(scopes)]),
  /** Days until it stops working; null: never. */
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(null),
});

function refuseMoreThanOwn(actor: Actor, scopes: readonly KeyScope[]): void {
  const missing = scopes.find((scope) => !holdsScope(actor, scope));
  if (missing)
    throw new AppError('forbidden', `You cannot grant the scope ${missing}: you do not hold it yourself.`);
}

/** Makes a key of the actor's team. The answer is the only place where the whole key ever stands. */
export const createApiKey = defineCommand({
  name: 'api-keys.create',
  permission: 'api-keys:create',
  input,
  audit: { action: 'api-key.create', target: 'api-key' },
  async run({ input: { name, scopes, expiresInDays }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    refuseMoreThanOwn(actor, scopes);
    const key = makeKey();
    const id = uuidv7(now.getTime());
    const expiresAt = expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * DAY_MS);
    await tx.insert(apiKeys).values({
      id,
      teamId: actor.teamId,
      name,
      keyHash: hashKey(key),
      lastFour: key.slice(-4),
      scopes,
      createdBy: actor.kind === 'user' ? actor.userId : null,
      createdAt: now,
      expiresAt,
    });
    return { result: { id, key }, targetId: id, after: { name, scopes, expiresAt } };
  },
});
