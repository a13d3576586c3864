import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { users } from '#db/schema/members.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { type KeyScope, scopeHolds } from '#lib/access/permissions.ts';

const PERMISSION = 'agents:control';

async function personMay(db: Db, teamId: string, userId: string): Promise<boolean> {
  const [person] = await db.select({ status: users.status }).from(users).where(eq(users.id, userId));
  return person?.status === 'active' && (await grantsOf(db, userId)).permissionsIn(teamId).has(PERMISSION);
}

async function keyMay(db: Db, teamId: string, keyId: string, now: Date): Promise<boolean> {
  const [key] = await db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.teamId, teamId)));
  if (!key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return false;
  return key.scopes.some((scope) => scopeHolds(scope as KeyScope, PERMISSION));
}

/** Whether who asked for a start or stop may still do so when it is carried out (security Z13). */
export async function mayStillControl(
  db: Db,
  teamId: string,
  by: { kind: 'user' | 'key'; id: string } | null,
  now: Date,
): Promise<boolean> {
  if (by === null) return true;
  return by.kind === 'user' ? personMay(db, teamId, by.id) : keyMay(db, teamId, by.id, now);
}
