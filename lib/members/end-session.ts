import { and, eq, exists, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { memberships, sessions } from '#db/schema/members.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from './acting-person.ts';
import { endOtherSessions, endSessions, endSessionsOf } from './end-sessions.ts';
import { refuseStrongerMember } from './people/member-rows.ts';

async function endOne(
  tx: Tx,
  now: Date,
  announce: CommandArgs<unknown>['announce'],
  which: SQL | undefined,
): Promise<string> {
  const [ended] = await endSessions(tx, now, announce, which);
  if (!ended) throw new AppError('not_found', 'There is no such session.');
  return ended.userId;
}

/** Ends one of the actor's own sessions; every socket of it closes within seconds (security A4, A6). */
export const endOwnSession = defineCommand({
  name: 'sessions.end-own',
  permission: 'sessions:end-own',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'session.end', target: 'session' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const own = and(eq(sessions.id, id), eq(sessions.userId, actingPerson(actor).userId));
    await endOne(tx, now, announce, own);
    return { result: undefined, targetId: id };
  },
});

/** Signs the actor out everywhere else, and with `here` in this session too (security A4, A6). */
export const endOwnSessions = defineCommand({
  name: 'sessions.end-all-own',
  permission: 'sessions:end-own',
  input: z.strictObject({ here: z.boolean().default(false) }),
  audit: { action: 'session.end-all', target: 'user' },
  async run({ input: { here }, actor, tx, now, announce }) {
    const { userId, sessionId } = actingPerson(actor);
    const ended = here
      ? await endSessionsOf(tx, userId, now, announce)
      : await endOtherSessions(tx, { userId, sessionId }, now, announce);
    return { result: { ended }, targetId: userId, after: { ended, here } };
  },
});

/**
 * Ends a session of anyone in the actor's team who may do no more there than the actor (security Z6).
 *
 * @throws AppError `not_found`, `forbidden`
 */
export const endAnySession = defineCommand({
  name: 'sessions.end-any',
  permission: 'sessions:end-any',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'session.end', target: 'session' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const inTeam = exists(
      tx
        .select({ userId: memberships.userId })
        .from(memberships)
        .where(and(eq(memberships.userId, sessions.userId), eq(memberships.teamId, actor.teamId))),
    );
    const userId = await endOne(tx, now, announce, and(eq(sessions.id, id), inTeam));
    await refuseStrongerMember(tx, actor, userId);
    return { result: undefined, targetId: id, after: { userId } };
  },
});
