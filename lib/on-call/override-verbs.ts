import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { scheduleOverrides } from '#db/schema/on-call.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { overrideInputSchema } from '#lib/model/on-call.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { requirePresent } from './refusals.ts';
import { lockSchedule } from './schedule-verbs.ts';

/** Puts somebody, or nobody, on call for a stretch. @throws AppError `not_found`, `invalid` */
export const createOverride = defineCommand({
  name: 'schedule-overrides.create',
  permission: 'on-call:override',
  input: overrideInputSchema,
  audit: { action: 'schedule-override.create', target: 'schedule-override' },
  async run({ input, actor, tx, now }) {
    await lockSchedule(tx, actor.teamId, input.scheduleId);
    await requirePresent(tx, actor.teamId, [input.userId], 'userId');
    await requirePresent(tx, actor.teamId, [input.replacesUserId], 'replacesUserId');
    const id = uuidv7(now.getTime());
    await tx.insert(scheduleOverrides).values({
      ...input,
      id,
      teamId: actor.teamId,
      startsAt: new Date(input.startsAt),
      endsAt: new Date(input.endsAt),
      createdBy: actor.kind === 'user' ? actor.userId : null,
      createdAt: await databaseNow(tx),
    });
    return { result: { id }, targetId: id, after: input };
  },
});

/**
 * Takes an override back. One that has begun ends now instead, so that who was on call stays true.
 *
 * @throws AppError `not_found`, also for one that is over
 */
export const deleteOverride = defineCommand({
  name: 'schedule-overrides.delete',
  permission: 'on-call:override',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'schedule-override.delete', target: 'schedule-override' },
  async run({ input: { id }, actor, tx }) {
    const own = and(eq(scheduleOverrides.id, id), eq(scheduleOverrides.teamId, actor.teamId));
    const [row] = await tx.select().from(scheduleOverrides).where(own).for('update');
    const now = await databaseNow(tx);
    if (!row || row.endsAt <= now) throw new AppError('not_found', 'There is no such override.');
    if (row.startsAt >= now) await tx.delete(scheduleOverrides).where(own);
    else await tx.update(scheduleOverrides).set({ endsAt: now }).where(own);
    const { userId, startsAt, endsAt } = row;
    return {
      result: { id },
      targetId: id,
      before: { userId, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    };
  },
});
