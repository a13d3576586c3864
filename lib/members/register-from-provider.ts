import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { accounts, memberships, users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { normaliseEmail } from './credentials/email.ts';
import { ensureDefaultTeam } from './default-team.ts';

/** The person behind an identity of a provider; the e-mail address is never asked (security A9). */
export async function findByAccount(
  db: Reader,
  issuer: string,
  subject: string,
): Promise<{ id: string; status: 'active' | 'disabled' | 'deleted' } | null> {
  const [row] = await db
    .select({ id: users.id, status: users.status })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.issuer, issuer), eq(accounts.subject, subject)));
  return row ?? null;
}

/**
 * Registers somebody who signs in through a provider for the first time.
 * An address that belongs to somebody already is a conflict: nobody takes over an account by it.
 */
export const registerFromProvider = defineCommand({
  name: 'members.register',
  permission: 'members:register',
  input: z.strictObject({
    issuer: z.url().max(500),
    subject: z.string().min(1).max(255),
    email: z.string().max(320),
    emailVerified: z.boolean(),
    name: z.string().max(200),
    /** Granted by hand in the default team; null where groups decide. */
    role: z.literal('viewer').nullable(),
  }),
  audit: { action: 'member.register', target: 'user' },
  async run({ input: { issuer, subject, name, role, ...input }, tx, now }) {
    const email = normaliseEmail(input.email);
    if (email === null) throw new AppError('invalid', 'The provider sent no e-mail address.');
    const userId = uuidv7(now.getTime());
    const [made] = await tx
      .insert(users)
      .values({ id: userId, email, name, createdAt: now, emailVerifiedAt: input.emailVerified ? now : null })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!made) throw new AppError('conflict', 'Somebody with this address exists already.');
    await tx.insert(accounts).values({ issuer, subject, userId, createdAt: now });
    if (role !== null) {
      const teamId = await ensureDefaultTeam(tx, now);
      await tx.insert(memberships).values({ teamId, userId, role, createdAt: now });
    }
    return { result: { userId }, targetId: userId, after: { email, name, issuer, role } };
  },
});
