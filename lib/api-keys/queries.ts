import { and, desc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#db/schema/api-keys.ts';
import { users } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { ApiKeyView } from '#lib/model/account-view.ts';

/** Keys that a team may list; ended ones are the first to fall out of it. */
const MOST = 500;

/** Whether whoever made a key can't act in its team any more: disabled, deleted, or without any role there. */
const makerIsGone: SQL<boolean> = sql<boolean>`${users.id} is not null and (
  ${users.status} <> 'active' or not (
    ${users.globalRole} is not null or ${users.groupGlobalRole} is not null
    or exists (select 1 from memberships m where m.user_id = ${users.id} and m.team_id = ${apiKeys.teamId})))`;

const replacedBy: SQL<string | null> = sql<string | null>`(
  select h.last_four from api_keys h where h.rotated_from = ${apiKeys.id} and h.revoked_at is null limit 1)`;

function stateOf(row: { revokedAt: Date | null; expiresAt: Date | null }, now: Date): ApiKeyView['state'] {
  if (row.revokedAt) return 'revoked';
  return row.expiresAt && row.expiresAt <= now ? 'expired' : 'active';
}

/** Those that work come first, then the newest. */
function order(now: Date): SQL[] {
  const works = and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));
  return [desc(sql`(${works})`), desc(apiKeys.createdAt), desc(apiKeys.id)];
}

/** The keys of the actor's team, those that work first, then the newest; of a key only its last four characters. */
export const listApiKeys = defineQuery({
  name: 'api-keys.list',
  permission: 'api-keys:read',
  input: z.strictObject({}),
  run: async ({ actor, db, now }): Promise<{ items: ApiKeyView[] }> => {
    const rows = await db
      .select({
        id: apiKeys.id,
        name: apiKeys.name,
        lastFour: apiKeys.lastFour,
        scopes: apiKeys.scopes,
        allowedRanges: apiKeys.allowedRanges,
        createdByEmail: users.email,
        makerIsGone,
        replacedBy,
        createdAt: apiKeys.createdAt,
        expiresAt: apiKeys.expiresAt,
        lastUsedAt: apiKeys.lastUsedAt,
        lastUsedIp: apiKeys.lastUsedIp,
        revokedAt: apiKeys.revokedAt,
      })
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.createdBy))
      .where(eq(apiKeys.teamId, actor.teamId))
      .orderBy(...order(now))
      .limit(MOST);
    const items = rows.map(({ revokedAt, ...row }) => ({
      ...row,
      createdAt: row.createdAt.getTime(),
      expiresAt: row.expiresAt?.getTime() ?? null,
      lastUsedAt: row.lastUsedAt?.getTime() ?? null,
      state: stateOf({ ...row, revokedAt }, now),
    }));
    return { items };
  },
});
