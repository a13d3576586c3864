import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { KEY_SCOPES } from '#lib/access/permissions.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { insertKey, refuseMoreThanOwn } from './insert-key.ts';

const DAY_MS = 86_400_000;
const MAX_OVERLAP_DAYS = 30;

/** Locks a key of the team that still works and that no other takes the place of yet. */
async function replaceable(tx: Tx, teamId: string, id: string, now: Date) {
  const own = and(eq(apiKeys.id, id), eq(apiKeys.teamId, teamId));
  const [key] = await tx.select().from(apiKeys).where(own).for('update');
  if (!key) throw new AppError('not_found', 'There is no such key.');
  if (key.revokedAt || (key.expiresAt && key.expiresAt <= now))
    throw new AppError('conflict', 'This key has ended. Make a new one.');
  const heir = and(eq(apiKeys.rotatedFrom, id), isNull(apiKeys.revokedAt));
  const [taken] = await tx.select({ id: apiKeys.id }).from(apiKeys).where(heir);
  if (taken) throw new AppError('conflict', 'This key is being replaced already.');
  return key;
}

/** Ends like the old one would have, counted from now; null: never. */
function sameLifetime({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date | null }, now: Date) {
  return expiresAt && new Date(now.getTime() + expiresAt.getTime() - createdAt.getTime());
}

/**
 * Makes a key that takes the place of another, with its name, scopes and ranges, shown this once. The old one goes
 * on for the overlap, so that senders can change over without losing anything (security P3).
 *
 * @throws AppError `conflict` for a key that has ended or is being replaced already
 */
export const rotateApiKey = defineCommand({
  name: 'api-keys.rotate',
  permission: 'api-keys:rotate',
  input: z.strictObject({ id: z.uuid(), overlapDays: z.int().min(0).max(MAX_OVERLAP_DAYS) }),
  audit: { action: 'api-key.rotate', target: 'api-key' },
  async run({ input: { id, overlapDays }, actor, tx, now, announce }) {
    requireRecentSignIn(actor, now);
    const old = await replaceable(tx, actor.teamId, id, now);
    const scopes = KEY_SCOPES.filter((scope) => old.scopes.includes(scope));
    refuseMoreThanOwn(actor, scopes);
    const { name, allowedRanges } = old;
    const expiresAt = sameLifetime(old, now);
    const made = await insertKey(tx, actor, { name, scopes, allowedRanges, expiresAt, rotatedFrom: id }, now);
    const overlapEndMs = now.getTime() + overlapDays * DAY_MS;
    const endsAt = new Date(Math.min(overlapEndMs, old.expiresAt?.getTime() ?? overlapEndMs));
    await tx.update(apiKeys).set({ expiresAt: endsAt }).where(eq(apiKeys.id, id));
    // Whoever remembers the old key remembers its former end.
    announce({ type: 'api-key.revoked', keyId: id });
    return {
      result: { ...made, formerEndsAt: endsAt.getTime() },
      targetId: id,
      before: { name, expiresAt: old.expiresAt },
      after: { name, expiresAt: endsAt, replacedBy: made.id },
    };
  },
});
