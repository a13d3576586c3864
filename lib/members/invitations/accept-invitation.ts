import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { memberships, users } from '#db/schema/members.ts';
import { invitations } from '#db/schema/sign-in.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashChosenPassword } from '../credentials/chosen-password.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { renewSession } from '../renew-session.ts';
import { findInvitation } from './find-invitation.ts';
import { isUsable } from './invitation-rows.ts';

const notValid = () => new AppError('not_found', 'This invitation is not valid any more. Ask for a new one.');

const newcomer = z.strictObject({
  kind: z.literal('new'),
  name: z.string().trim().max(120),
  password: z.string().max(1024),
});
const known = z.strictObject({
  kind: z.literal('known'),
  userId: z.uuid(),
  /** The session that they accept in. */
  sessionId: z.uuid(),
});

async function insertPerson(
  tx: Tx,
  email: string,
  { name, password }: z.output<typeof newcomer>,
  now: Date,
): Promise<string> {
  const passwordHash = await hashChosenPassword(password, { email, name }, 'person.password');
  const id = uuidv7(now.getTime());
  const [made] = await tx
    .insert(users)
    .values({ id, email, name, passwordHash, passwordChangedAt: now, createdAt: now })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (!made) throw new AppError('conflict', 'Somebody with this address exists already. Sign in to accept.');
  return id;
}

/** The account that accepts must be the invited one: a link that was passed on lets nobody else in. */
async function invitedPerson(tx: Tx, email: string, userId: string): Promise<string> {
  const [person] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.email, email), eq(users.status, 'active')));
  if (!person)
    throw new AppError(
      'forbidden',
      `This invitation is for ${email}. Sign in with that account to accept it.`,
    );
  return person.id;
}

/**
 * Accepts an invitation: a new person gets an account, a known one the role, and a new token for the session that they
 * accept in; their others end (security A3). The link is spent by it. The door says who a known person is, from their
 * session and never from what was sent.
 *
 * @throws AppError `not_found` for a link that is good for nothing, `forbidden`, `conflict`, `invalid`
 */
export const acceptInvitation = defineCommand({
  name: 'invitations.accept',
  permission: 'invitations:accept',
  input: z.strictObject({
    token: z.string().max(200),
    person: z.discriminatedUnion('kind', [newcomer, known]),
  }),
  audit: { action: 'invitation.accept', target: 'user' },
  async run({ input: { token, person }, actor, tx, now, announce }) {
    const invitation = await findInvitation(tx, token, now);
    if (!invitation || invitation.teamId !== actor.teamId) throw notValid();
    const { id, teamId, email, role, roleName } = invitation;
    const spent = await tx
      .update(invitations)
      .set({ acceptedAt: now })
      .where(and(eq(invitations.id, id), isUsable(now)))
      .returning({ id: invitations.id });
    if (spent.length === 0) throw notValid();
    const userId =
      person.kind === 'new'
        ? await insertPerson(tx, email, person, now)
        : await invitedPerson(tx, email, person.userId);
    await tx
      .insert(memberships)
      .values({ teamId, userId, role, createdAt: now })
      .onConflictDoUpdate({
        target: [memberships.teamId, memberships.userId],
        set: { role: sql`coalesce(${memberships.role}, excluded.role)` },
      });
    const kept = person.kind === 'known' ? person.sessionId : undefined;
    const session = kept === undefined ? null : await renewSession(tx, userId, kept);
    await endForNewRoles({ tx, now, announce }, userId, kept);
    return {
      result: { userId, session },
      targetId: userId,
      after: { email, role, roleName, invitation: id },
    };
  },
});
