/**
 * Invitations: how people come into a team. A link goes to an address, works once and for seven days.
 */
import { and, eq, exists, gt, isNull, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { mails } from '#db/schema/mails.ts';
import { memberships, users } from '#db/schema/members.ts';
import { invitations } from '#db/schema/sign-in.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { hashToken } from '../session-token.ts';

const VALID_MS = 7 * 86_400_000;

const noSuchInvitation = () => new AppError('not_found', 'There is no such open invitation.');

/** Neither accepted nor taken back; it may be too old. */
const isPending = (): SQL | undefined => and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

export const isUsable = (now: Date): SQL | undefined => and(isPending(), gt(invitations.expiresAt, now));

/** A new secret of an invitation: what the link holds, and what is stored of it. */
export function newToken(now: Date): { token: string; stored: { tokenHash: Buffer; expiresAt: Date } } {
  const token = randomToken(32);
  return {
    token,
    stored: { tokenHash: hashToken(token), expiresAt: new Date(now.getTime() + VALID_MS) },
  };
}

/** Refuses to invite somebody who is in the team already. */
export async function refuseMember(tx: Tx, teamId: string, email: string): Promise<void> {
  const [member] = await tx
    .select({ id: users.id })
    .from(users)
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.teamId, teamId)))
    .where(eq(users.email, email));
  if (member) throw new AppError('conflict', `${email} is a member of this team already.`);
}

/** Writes an invitation; one to the same address that nobody can accept any more makes way. */
export async function insertInvitation(
  tx: Tx,
  row: typeof invitations.$inferInsert,
  now: Date,
): Promise<void> {
  const { teamId, email } = row;
  await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(
      and(
        eq(invitations.teamId, teamId),
        eq(invitations.email, email),
        isPending(),
        sql`${invitations.expiresAt} <= ${now.toISOString()}::timestamptz`,
      ),
    );
  const made = await tx
    .insert(invitations)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: invitations.id });
  if (made.length === 0)
    throw new AppError('conflict', `${email} is invited already. Send that invitation again instead.`);
}

/** The mail that carries an invitation goes to its address and ends with it. */
const mailOfInvitation = and(
  eq(mails.kind, 'invitation'),
  eq(mails.recipient, invitations.email),
  eq(mails.expiresAt, invitations.expiresAt),
);

/** A link that ends while its mail still waits is not sent any more. */
async function dropWaitingMail(tx: Tx, teamId: string, id: string): Promise<void> {
  const own = tx
    .select({ one: sql`1` })
    .from(invitations)
    .where(and(eq(invitations.id, id), eq(invitations.teamId, teamId), isPending(), mailOfInvitation));
  await tx.delete(mails).where(and(eq(mails.status, 'queued'), exists(own)));
}

/**
 * Gives a pending invitation of a team a new secret and seven more days; its former link ends, and from then on it is
 * whoever sent it last who invites.
 */
export async function renewInvitation(
  tx: Tx,
  { teamId, id, invitedBy }: { teamId: string; id: string; invitedBy: string | null },
  now: Date,
) {
  await dropWaitingMail(tx, teamId, id);
  const { token, stored } = newToken(now);
  const [renewed] = await tx
    .update(invitations)
    .set({ ...stored, invitedBy })
    .where(and(eq(invitations.id, id), eq(invitations.teamId, teamId), isPending()))
    .returning({ email: invitations.email, role: invitations.role });
  if (!renewed) throw noSuchInvitation();
  return { ...renewed, token, expiresAt: stored.expiresAt };
}

/** Takes a pending invitation of a team back. */
export async function endInvitation(tx: Tx, teamId: string, id: string, now: Date) {
  await dropWaitingMail(tx, teamId, id);
  const [ended] = await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(and(eq(invitations.id, id), eq(invitations.teamId, teamId), isPending()))
    .returning({ email: invitations.email, role: invitations.role });
  if (!ended) throw noSuchInvitation();
  return ended;
}
