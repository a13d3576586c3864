import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { accounts, sessions } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { endSessions } from '../end-sessions.ts';

/** Remembers that a token came, for as long as it could come again; false when it came before. */
async function claim(tx: Tx, issuer: string, jti: string, expiresAt: Date): Promise<boolean> {
  const key = `logout:${createHash('sha256').update(`${issuer}\n${jti}`).digest('base64url')}`;
  const claimed = await tx.execute(sql`
    insert into live_token_claims (jti, expires_at) values (${key}, ${expiresAt.toISOString()})
    on conflict do nothing returning jti`);
  return claimed.length === 1;
}

/**
 * Ends the sessions that a provider vouched for and now ended: one of them where it names it, else all of the person.
 * Sessions by password stay. Sockets close within 5 s (security A4).
 *
 * @throws AppError `conflict` for a token that came before
 */
export const endProviderSessions = defineCommand({
  name: 'sessions.end-by-provider',
  permission: 'sessions:end-any',
  input: z.strictObject({
    issuer: z.url().max(500),
    jti: z.string().max(255),
    expiresAt: z.date(),
    subject: z.string().max(255).nullable(),
    sessionId: z.string().max(255).nullable(),
  }),
  audit: { action: 'session.end-by-provider', target: 'session' },
  async run({ input: { issuer, jti, expiresAt, subject, sessionId }, tx, now, announce }) {
    if (!(await claim(tx, issuer, jti, expiresAt)))
      throw new AppError('conflict', 'This logout token was used already.');
    const ofPerson = tx
      .select({ userId: accounts.userId })
      .from(accounts)
      .where(and(eq(accounts.issuer, issuer), eq(accounts.subject, subject ?? '')));
    const ended = await endSessions(
      tx,
      now,
      announce,
      eq(sessions.issuer, issuer),
      subject === null ? undefined : inArray(sessions.userId, ofPerson),
      sessionId === null ? undefined : eq(sessions.issuerSessionId, sessionId),
    );
    const ids = ended.map(({ id }) => id);
    return { result: { ended: ids.length }, targetId: ids[0] ?? '', after: { issuer, ended: ids } };
  },
});
