import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#db/schema/api-keys.ts';
import { users } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';

/** The keys of the actor's team, newest first; of a key only its last four characters. */
export const listApiKeys = defineQuery({
  name: 'api-keys.list',
  permission: 'api-keys:read',
  input: z.strictObject({}),
  run: async ({ actor, db, now }) => {
    const rows = await db
      .select({
        id: apiKeys.id,
        name: apiKeys.name,
        lastFour: apiKeys.lastFour,
        scopes: apiKeys.scopes,
        createdByEmail: users.email,
        createdAt: apiKeys.createdAt,
        expiresAt: apiKeys.expiresAt,
        lastUsedAt: apiKeys.lastUsedAt,
        revokedAt: apiKeys.revokedAt,
      })
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.createdBy))
      .where(eq(apiKeys.teamId, actor.teamId))
      .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
      .limit(500);
    return rows.map((row) => ({
      ...row,
      state: row.revokedAt
        ? ('revoked' as const)
        : row.expiresAt && row.expiresAt <= now
          ? ('expired' as const)
          : ('active' as const),
    }));
  },
});
