/**
 * Identities at providers that open somebody's account: linked while signed in and never by an e-mail address
 * (security A9).
 */
import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { accounts, users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { LinkedIdentity } from '#lib/model/identity-provider.ts';
import { actingPerson } from '../acting-person.ts';
import { endOtherSessions } from '../end-sessions.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';

const identity = z.strictObject({ issuer: z.url().max(500), subject: z.string().min(1).max(255) });

/**
 * Lets an identity that was just proven open the own account too, and tells the person by mail.
 *
 * @throws AppError `conflict` for an identity that opens an account already
 */
export const linkIdentity = defineCommand({
  name: 'identities.link',
  permission: 'credentials:manage-own',
  input: identity,
  audit: { action: 'identity.link', target: 'user' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { issuer, subject } = input;
    requireRecentSignIn(actor, now);
    const { userId, email } = actingPerson(actor);
    const [made] = await tx
      .insert(accounts)
      .values({ issuer, subject, userId, createdAt: now })
      .onConflictDoNothing()
      .returning({ userId: accounts.userId });
    if (!made) throw new AppError('conflict', 'This identity opens an account already.');
    await enqueueNotice(args, {
      kind: 'identity-linked',
      to: email,
      subject: 'An identity was connected to your Pitwall account',
      said: `Whoever signs in at ${issuer} with it opens your account from now on.`,
    });
    return { result: undefined, targetId: userId, after: { issuer, subject } };
  },
});

/** Whether somebody could sign in without one of their identities. */
async function hasAnotherWay(tx: Tx, userId: string): Promise<boolean> {
  const [person] = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.id, userId),
        or(
          isNotNull(users.passwordHash),
          sql`exists (select 1 from passkeys p where p.user_id = ${users.id})`,
          sql`(select count(*) from accounts a where a.user_id = ${users.id}) > 1`,
        ),
      ),
    );
  return person !== undefined;
}

/**
 * Takes an identity from the own account, and ends the sessions that its provider vouched for: whoever came in by it is
 * out. The session that acts goes on, and the person is told by mail.
 *
 * @throws AppError `conflict` for the last way to sign in, `not_found`
 */
export const unlinkIdentity = defineCommand({
  name: 'identities.unlink',
  permission: 'credentials:manage-own',
  input: identity,
  audit: { action: 'identity.unlink', target: 'user' },
  async run(args) {
    const { input, actor, tx, now, announce } = args;
    const { issuer, subject } = input;
    requireRecentSignIn(actor, now);
    const { userId, sessionId, email } = actingPerson(actor);
    // Two at once wait for each other here, so that they don't take the last two ways.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
    const own = and(eq(accounts.userId, userId), eq(accounts.issuer, issuer), eq(accounts.subject, subject));
    const [known] = await tx.select({ issuer: accounts.issuer }).from(accounts).where(own);
    if (!known) throw new AppError('not_found', 'There is no such identity.');
    if (!(await hasAnotherWay(tx, userId)))
      throw new AppError(
        'conflict',
        'This is your only way to sign in. Set a password or link another one first.',
      );
    await tx.delete(accounts).where(own);
    const sessionsEnded = await endOtherSessions(tx, { userId, sessionId, issuer }, now, announce);
    await enqueueNotice(args, {
      kind: 'identity-unlinked',
      to: email,
      subject: 'An identity was taken from your Pitwall account',
      said: `Whoever signs in at ${issuer} with it opens your account no more.`,
    });
    return { result: undefined, targetId: userId, before: { issuer, subject }, after: { sessionsEnded } };
  },
});

/** The identities that open the own account. */
export const listOwnIdentities = defineQuery({
  name: 'identities.list-own',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<LinkedIdentity[]> {
    return db
      .select({
        issuer: accounts.issuer,
        subject: accounts.subject,
        createdAt: accounts.createdAt,
      })
      .from(accounts)
      .where(eq(accounts.userId, actingPerson(actor).userId))
      .orderBy(asc(accounts.createdAt));
  },
});
