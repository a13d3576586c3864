import { z } from 'zod';
import { KEY_SCOPES } from '#lib/access/permissions.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { allowedRangesInput } from './allowed-ranges.ts';
import { insertKey, refuseMoreThanOwn } from './insert-key.ts';

const DAY_MS = 86_400_000;

const input = z.strictObject({
  name: z.string().trim().min(1, 'Give the key a name.').max(80),
  scopes: z
    .array(z.enum(KEY_SCOPES))
    .min(1, 'Choose at least one scope.')
    .transform((scopes) => [...new Set(scopes)]),
  /** Days until it stops working; null: never. */
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(null),
  allowedRanges: allowedRangesInput,
});

/** Makes a key of the actor's team, shown this once. */
export const createApiKey = defineCommand({
  name: 'api-keys.create',
  permission: 'api-keys:create',
  input,
  audit: { action: 'api-key.create', target: 'api-key' },
  async run({ input: { name, scopes, expiresInDays, allowedRanges }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    refuseMoreThanOwn(actor, scopes);
    const expiresAt = expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * DAY_MS);
    const values = { name, scopes, allowedRanges, expiresAt };
    const result = await insertKey(tx, actor, { ...values, rotatedFrom: null }, now);
    return { result, targetId: result.id, after: values };
  },
});
