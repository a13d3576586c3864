import { and, eq, exists, isNull, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { memberships, sessions } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from './acting-person.ts';
import { forgetDevicesOf } from './forget-devices.ts';
import { refuseStrongerMember } from './people/member-rows.ts';

async function endWhere(
  tx: Tx,
  predicate: SQL | undefined,
  now: Date,
): Promise<{ id: string; userId: string }> {
  const [ended] = await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(predicate, isNull(sessions.revokedAt)))
    .returning({ id: sessions.id, userId: sessions.userId });
  if (!ended) throw new AppError('not_found', 'There is no such session.');
  await forgetDevicesOf(tx, [ended.id]);
  return ended;
}

/** Ends one of the actor's own sessions; every socket of it closes within seconds (security A4, A6). */
export const endOwnSession = defineCommand({
  name: 'sessions.end-own',
  permission: 'sessions:end-own',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'session.end', target: 'session' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const own = and(eq(sessions.id, id), eq(sessions.userId, actingPerson(actor).userId));
    const { userId } = await endWhere(tx, own, now);
    announce({ type: 'sessions.revoked', userId, sessionIds: [id] });
    return { result: undefined, targetId: id };
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
    const { userId } = await endWhere(tx, and(eq(sessions.id, id), inTeam), now);
    await refuseStrongerMember(tx, actor, userId);
    announce({ type: 'sessions.revoked', userId, sessionIds: [id] });
    return { result: undefined, targetId: id, after: { userId } };
  },
});
