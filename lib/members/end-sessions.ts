import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { sessions } from '#db/schema/members.ts';
import type { ControlEvent } from '#lib/model/event.ts';
import { forgetDevicesOf } from './forget-devices.ts';

/** Ends every session of a person, in pages and sockets alike, within seconds (security A4). Answers with how many. */
export async function endSessionsOf(
  tx: Tx,
  userId: string,
  now: Date,
  announce: (event: ControlEvent) => void,
): Promise<number> {
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
    .returning({ id: sessions.id });
  await forgetDevicesOf(
    tx,
    ended.map(({ id }) => id),
  );
  announce({ type: 'sessions.revoked', userId, sessionIds: [] });
  return ended.length;
}

/**
 * Ends every session of a person but one, which goes on; answers with how many (security A4). With an issuer only those
 * that it vouched for.
 */
export async function endOtherSessions(
  tx: Tx,
  person: { userId: string; sessionId: string; issuer?: string },
  now: Date,
  announce: (event: ControlEvent) => void,
): Promise<number> {
  const { userId, sessionId, issuer } = person;
  const vouched = issuer === undefined ? undefined : eq(sessions.issuer, issuer);
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId), isNull(sessions.revokedAt), vouched))
    .returning({ id: sessions.id });
  const sessionIds = ended.map(({ id }) => id);
  await forgetDevicesOf(tx, sessionIds);
  if (sessionIds.length > 0) announce({ type: 'sessions.revoked', userId, sessionIds });
  return ended.length;
}
