import { and, eq, isNull, ne, type SQL } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { sessions } from '#db/schema/members.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import type { ControlEvent } from '#lib/model/event.ts';
import { forgetDevicesOf } from './forget-devices.ts';

type Announce = (event: ControlEvent) => void;

interface EndedSession {
  id: string;
  userId: string;
}

/** Ends the sessions that these conditions name; tells nobody yet. */
async function revoke(
  tx: Tx,
  now: Date,
  which: readonly (SQL | undefined)[],
  revokedFor: (typeof sessions.$inferSelect)['revokedFor'] = null,
): Promise<EndedSession[]> {
  return tx
    .update(sessions)
    .set({ revokedAt: now, revokedFor })
    .where(and(...which, isNull(sessions.revokedAt)))
    .returning({ id: sessions.id, userId: sessions.userId });
}

/** Ends them, and takes push from their browsers; tells nobody yet. */
async function end(tx: Tx, now: Date, which: readonly (SQL | undefined)[]): Promise<EndedSession[]> {
  const ended = await revoke(tx, now, which);
  await forgetDevicesOf(
    tx,
    ended.map(({ id }) => id),
  );
  return ended;
}

function tell(ended: readonly EndedSession[], announce: Announce): void {
  for (const [userId, own] of Map.groupBy(ended, (session) => session.userId))
    announce({ type: 'sessions.revoked', userId, sessionIds: own.map(({ id }) => id) });
}

/**
 * Ends the sessions that these conditions name, whoever they are of, in pages and sockets alike, within seconds
 * (security A4). Answers with those that ended.
 */
export async function endSessions(
  tx: Tx,
  now: Date,
  announce: Announce,
  ...which: (SQL | undefined)[]
): Promise<EndedSession[]> {
  const ended = await end(tx, now, which);
  tell(ended, announce);
  return ended;
}

/** Ends every session of a person, and what is left of their sockets (security A4). Answers with how many. */
export async function endSessionsOf(tx: Tx, userId: string, now: Date, announce: Announce): Promise<number> {
  const ended = await end(tx, now, [eq(sessions.userId, userId)]);
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
  announce: Announce,
): Promise<number> {
  const { userId, sessionId, issuer } = person;
  const vouched = issuer === undefined ? undefined : eq(sessions.issuer, issuer);
  const own = eq(sessions.userId, userId);
  return (await endSessions(tx, now, announce, own, ne(sessions.id, sessionId), vouched)).length;
}

/**
 * Lets new roles of somebody hold in new sessions only: whoever knows the token of one from before is out, the person
 * themselves included, unless `renewed` names a session that has a new token already (security A3, A4). Answers with how
 * many ended. Their browsers keep push: none was lost, and who may be told what is looked at as it is sent.
 */
export async function endForNewRoles(
  { tx, now, announce }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'announce'>,
  userId: string,
  renewed?: string,
): Promise<number> {
  const others = renewed === undefined ? undefined : ne(sessions.id, renewed);
  const ended = await revoke(tx, now, [eq(sessions.userId, userId), others], 'new-roles');
  announce({ type: 'access.changed', userId });
  tell(ended, announce);
  return ended.length;
}
