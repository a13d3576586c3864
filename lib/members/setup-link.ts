import { and, eq, gt, isNotNull, isNull, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { setupTokens, users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { hashToken } from './session-token.ts';

const VALID_MS = 24 * 3_600_000;

/** Whether anybody can administrate the installation, by hand or by a group of an identity provider. */
export async function hasAdmin(db: Reader): Promise<boolean> {
  const [admin] = await db
    .select({ id: users.id })
    .from(users)
    .where(or(eq(users.globalRole, 'admin'), eq(users.groupGlobalRole, 'admin')))
    .limit(1);
  return admin !== undefined;
}

/** Whether a setup token could still be used; says nothing about why not. */
export async function isSetupTokenUsable(db: Reader, token: string, now: Date): Promise<boolean> {
  const [row] = await db
    .select({ expiresAt: setupTokens.expiresAt })
    .from(setupTokens)
    .where(
      and(
        eq(setupTokens.tokenHash, hashToken(token)),
        isNull(setupTokens.usedAt),
        gt(setupTokens.expiresAt, now),
      ),
    );
  return row !== undefined && !(await hasAdmin(db));
}

/**
 * Issues the one-time token that makes the first admin, valid for 24 hours (security A13). Issuing a new
 * one ends those before it.
 */
export const issueSetupToken = defineCommand({
  name: 'setup.issue-link',
  permission: 'setup:issue-link',
  input: z.strictObject({}),
  audit: { action: 'setup.issue-link', target: 'setup' },
  async run({ tx, now }) {
    if (await hasAdmin(tx)) throw new AppError('conflict', 'There is an admin already.');
    await tx.delete(setupTokens).where(or(isNotNull(setupTokens.usedAt), lt(setupTokens.createdAt, now)));
    const token = randomToken(32);
    const expiresAt = new Date(now.getTime() + VALID_MS);
    await tx.insert(setupTokens).values({ tokenHash: hashToken(token), createdAt: now, expiresAt });
    return { result: { token, expiresAt }, targetId: '', after: { expiresAt } };
  },
});
