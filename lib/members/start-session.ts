import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { sessions, users } from '#db/schema/members.ts';
import type { Origin, UserActor } from '#lib/access/actor.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { defineCommand, execute } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import type { ControlEvent } from '#lib/model/event.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { actorIn } from './find-session.ts';
import { hashToken } from './session-token.ts';
import { teamsOf } from './teams-of.ts';

const input = z.strictObject({
  method: z.enum(['password', 'passkey', 'single-sign-on', 'setup', 'invitation']),
  /** What was shown beside a password. */
  secondFactor: z.enum(['authenticator', 'recovery-code', 'passkey']).optional(),
  /** The token of the session that the new one takes the place of, if the browser had one. */
  replaces: z.string().max(200).nullable(),
  /**
   * The provider that vouched for the person, what it calls its own session, its id token to sign out with, and when
   * the person proved there who they are, as far as it says.
   */
  provider: z
    .strictObject({
      issuer: z.string(),
      sessionId: z.string().max(255).nullable(),
      idToken: z.string().max(8000).nullable(),
      provedAt: z.date().nullable(),
    })
    .optional(),
});

/** Ends the session that the browser had before, whoever it belonged to. */
async function endReplaced(
  tx: Tx,
  token: string,
  now: Date,
  announce: (event: ControlEvent) => void,
): Promise<void> {
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.tokenHash, hashToken(token)), isNull(sessions.revokedAt)))
    .returning({ id: sessions.id, userId: sessions.userId });
  for (const { id, userId } of ended) announce({ type: 'sessions.revoked', userId, sessionIds: [id] });
}

/** Opens a session for the actor. Its token is new at every sign-in, 256 random bits, stored as a hash (security A3). */
const startSession = defineCommand({
  name: 'sessions.start',
  permission: 'sessions:start',
  input,
  audit: { action: 'sign-in', target: 'user' },
  async run({ input: { replaces, provider, ...how }, actor, tx, now, deps, announce }) {
    if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have sessions.');
    const { userId, sessionId: id, origin } = actor;
    if (replaces !== null) await endReplaced(tx, replaces, now, announce);
    const token = randomToken(32);
    const expiresAt = new Date(now.getTime() + deps.sessions.maxMs);
    await tx.insert(sessions).values({
      id,
      tokenHash: hashToken(token),
      userId,
      createdAt: now,
      provedAt: provider ? provider.provedAt : now,
      lastSeenAt: now,
      idleExpiresAt: new Date(now.getTime() + deps.sessions.idleMs),
      expiresAt,
      ip: origin.ip,
      userAgent: origin.userAgent?.slice(0, 500),
      issuer: provider?.issuer,
      issuerSessionId: provider?.sessionId,
      issuerIdToken: provider?.idToken ? deps.sealer.seal(provider.idToken) : null,
    });
    await tx.update(users).set({ lastSignInAt: now }).where(eq(users.id, userId));
    const after = { ...how, issuer: provider?.issuer };
    return { result: { token, expiresAt }, targetId: userId, after };
  },
});

/** What the browser keeps of a new session. */
export interface NewSession {
  token: string;
  expiresAt: Date;
}

/**
 * Signs a person in whose identity has been proven.
 *
 * @throws AppError `forbidden` when the person is disabled or belongs to no team
 */
export async function signIn(
  context: CommandContext,
  userId: string,
  origin: Origin,
  how: z.input<typeof input>,
): Promise<NewSession> {
  const actor = await arrivingActor(context, userId, origin);
  return execute(context, actor, startSession, how);
}

/** Somebody whose identity has been proven, before their session is there. */
export async function arrivingActor(
  { db, clock }: CommandContext,
  userId: string,
  origin: Origin,
): Promise<UserActor> {
  const [user] = await db
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.status, 'active')));
  const now = clock.now();
  const teams = await teamsOf(db, userId);
  // Whoever may sign in by the roles of one team is not kept out by those of an older one.
  const mayIn = teams.find(({ permissions }) => permissions.has('sessions:start'));
  const actor =
    user &&
    actorIn(
      {
        sessionId: uuidv7(now),
        userId,
        email: user.email,
        name: user.name,
        signedInAtMs: now,
        expiresAt: new Date(now),
        teams,
      },
      mayIn?.id ?? null,
      origin,
    );
  if (!actor) throw new AppError('forbidden', 'This account may not sign in. Ask an admin of your team.');
  return actor;
}
