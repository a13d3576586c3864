import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { users } from '#db/schema/members.ts';
import { grantsOf } from './grants.ts';
import { type KeyScope, type Permission, scopeHolds } from './permissions.ts';

/** Who asked for something that is carried out later; null: the system itself. */
export type Requester = { kind: 'user' | 'key'; id: string } | null;

async function personMay(db: Db, teamId: string, userId: string, permission: Permission): Promise<boolean> {
  const [person] = await db.select({ status: users.status }).from(users).where(eq(users.id, userId));
  return person?.status === 'active' && (await grantsOf(db, userId)).permissionsIn(teamId).has(permission);
}

async function keyMay(
  db: Db,
  teamId: string,
  keyId: string,
  { permission, now }: { permission: Permission; now: Date },
): Promise<boolean> {
  const [key] = await db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.teamId, teamId)));
  if (!key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return false;
  return key.scopes.some((scope) => scopeHolds(scope as KeyScope, permission));
}

/** Whether who asked for something may still do it when it is carried out (security Z13). */
export async function stillMay(
  db: Db,
  teamId: string,
  by: Requester,
  permission: Permission,
  now: Date,
): Promise<boolean> {
  if (by === null) return true;
  return by.kind === 'user'
    ? personMay(db, teamId, by.id, permission)
    : keyMay(db, teamId, by.id, { permission, now });
}
