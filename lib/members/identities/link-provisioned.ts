import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { accounts, users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { normaliseEmail } from '../credentials/email.ts';

const identity = z.strictObject({
  issuer: z.url().max(500),
  subject: z.string().min(1).max(255),
  /** Null where the provider does not say that it verified one. */
  verifiedEmail: z.string().max(320).nullable(),
});
type Identity = z.output<typeof identity>;

/**
 * Accounts that provisioning made for this provider and that nothing opens yet. Only among them an identity is found
 * by what provisioning calls the person, or by an address that the provider verified (security A9): both come from
 * the same provider, and no account that somebody made or uses can be taken over by it.
 */
function waitingFor({ issuer, subject, verifiedEmail }: Identity): SQL | undefined {
  const email = verifiedEmail === null ? null : normaliseEmail(verifiedEmail);
  return and(
    eq(users.isProvisioned, true),
    eq(users.provisionedIssuer, issuer),
    eq(users.status, 'active'),
    isNull(users.passwordHash),
    sql`not exists (select 1 from accounts a where a.user_id = ${users.id})`,
    sql`not exists (select 1 from passkeys p where p.user_id = ${users.id})`,
    or(eq(users.scimExternalId, subject), email === null ? undefined : eq(users.email, email)),
  );
}

async function pick(db: Reader, given: Identity): Promise<string | null> {
  const found = await db
    .select({ id: users.id, externalId: users.scimExternalId })
    .from(users)
    .where(waitingFor(given))
    .limit(2);
  const byName = found.find(({ externalId }) => externalId === given.subject);
  return (byName ?? found[0])?.id ?? null;
}

/** The account that waits for this identity, else null. */
export const findProvisioned = (db: Reader, given: Identity): Promise<string | null> => pick(db, given);

/**
 * Links the first identity to an account that provisioning made.
 *
 * @throws AppError `conflict` when somebody else was faster
 */
export const linkProvisioned = defineCommand({
  name: 'identities.link-provisioned',
  permission: 'members:register',
  input: identity,
  audit: { action: 'identity.link', target: 'user' },
  async run({ input, tx, now }) {
    const userId = await pick(tx, input);
    if (userId === null) throw new AppError('conflict', 'The account is linked already.');
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
    if ((await pick(tx, input)) !== userId) throw new AppError('conflict', 'The account is linked already.');
    const { issuer, subject } = input;
    await tx.insert(accounts).values({ issuer, subject, userId, createdAt: now });
    return { result: { userId }, targetId: userId, after: { issuer, subject, provisioned: true } };
  },
});
