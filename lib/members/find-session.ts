import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { sessions, users } from '#db/schema/members.ts';
import type { Origin, UserActor } from '#lib/access/actor.ts';
import type { Theme } from '#lib/model/appearance.ts';
import { hashToken } from './session-token.ts';
import { type TeamOfUser, teamsOf } from './teams-of.ts';

/** A live session: who it belongs to and where that person may act. */
export interface LiveSession {
  sessionId: string;
  userId: string;
  email: string;
  name: string;
  /** When the person last proved who they are; 0 where nobody knows. */
  signedInAtMs: number;
  /** When it ends in any case. */
  expiresAt: Date;
  /** What the person decided about how the console looks and which clock it shows; null: the browser's. */
  preferences: { theme: Theme | null; timeZone: string | null };
  teams: readonly TeamOfUser[];
}

/** The last use of a session is written down at most this often, milliseconds. */
const TOUCH_MS = 60_000;

function liveSession(db: Db, token: string, now: Date) {
  const live = and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now), gt(sessions.idleExpiresAt, now));
  return db
    .select({
      sessionId: sessions.id,
      userId: users.id,
      email: users.email,
      name: users.name,
      provedAt: sessions.provedAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
      preferences: { theme: users.theme, timeZone: users.timeZone },
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.tokenHash, hashToken(token)), live, eq(users.status, 'active')))
    .limit(1);
}

/**
 * The live session of a cookie's token, asked from the database every time: a revoked, idle or expired
 * one, or one of a disabled person, is none (security A1, A4, A5). Using it puts the idle end off.
 *
 * @param idleMs how long a session lives without use
 */
export async function findSession(
  db: Db,
  token: string,
  now: Date,
  idleMs: number,
): Promise<LiveSession | null> {
  if (token.length < 32 || token.length > 128) return null;
  const [row] = await liveSession(db, token, now);
  if (!row) return null;
  const { provedAt, lastSeenAt, ...session } = row;
  const threshold = new Date(now.getTime() - TOUCH_MS);
  if (lastSeenAt < threshold) {
    await db
      .update(sessions)
      .set({ lastSeenAt: now, idleExpiresAt: new Date(now.getTime() + idleMs) })
      .where(and(eq(sessions.id, row.sessionId), lt(sessions.lastSeenAt, threshold)));
  }
  const teams = await teamsOf(db, row.userId);
  return { ...session, signedInAtMs: provedAt?.getTime() ?? 0, teams };
}

/** The person of a session acting in one of its teams: the wanted one where allowed, else the first. */
export function actorIn(
  session: Omit<LiveSession, 'preferences'>,
  wantedTeam: string | null,
  origin: Origin,
): UserActor | null {
  const team =
    session.teams.find(({ id, slug }) => id === wantedTeam || slug === wantedTeam) ?? session.teams[0];
  if (!team) return null;
  const { sessionId, userId, email, name, signedInAtMs } = session;
  return {
    kind: 'user',
    userId,
    sessionId,
    email,
    name,
    signedInAtMs,
    teamId: team.id,
    role: team.role,
    permissions: team.permissions,
    origin,
  };
}

/** The provider that vouched for a session, with its id token as it is sealed and whose it is; null for other ways. */
export async function providerOfSession(db: Db, sessionId: string) {
  const [row] = await db
    .select({ issuer: sessions.issuer, sealedIdToken: sessions.issuerIdToken, email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId));
  return row?.issuer ? { ...row, issuer: row.issuer } : null;
}
