import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#db/schema/api-keys.ts';
import { KEY_SCOPES } from '#lib/access/permissions.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashKey, isMistyped } from './key-format.ts';

/** Stores the key that an unattended start asks for, with all scopes, while the installation has none. */
export const provisionApiKey = defineCommand({
  name: 'api-keys.provision',
  permission: 'setup:complete',
  input: z.strictObject({
    key: z
      .string()
      .min(32)
      .max(512)
      .regex(/^\S+$/, 'A key has no spaces.')
      .refine((key) => !isMistyped(key), 'This looks like a key of ours with a typing error.'),
  }),
  audit: { action: 'api-key.provision', target: 'api-key' },
  async run({ input: { key }, actor, tx, now }) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('first-api-key', 0))`);
    const [existing] = await tx.select({ id: apiKeys.id }).from(apiKeys).limit(1);
    if (existing) throw new AppError('conflict', 'There is an API key already.');
    const id = uuidv7(now.getTime());
    const name = 'INIT_API_KEY';
    const scopes = [...KEY_SCOPES];
    const secret = { keyHash: hashKey(key), lastFour: key.slice(-4) };
    await tx.insert(apiKeys).values({ id, teamId: actor.teamId, name, scopes, createdAt: now, ...secret });
    return { result: { id }, targetId: id, after: { name, scopes } };
  },
});
