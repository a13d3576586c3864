import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { scheduleInputSchema } from '#lib/model/on-call.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { explainTakenName, noSuchSchedule, refuseStale, requirePresent } from './refusals.ts';

const changeSchema = scheduleInputSchema.partial().extend({
  id: z.uuid(),
  /** `updatedAt` of the schedule as the person saw it. */
  ifUpdatedAt: z.int().optional(),
});

const own = (teamId: string, id: string) =>
  and(eq(schedules.id, id), eq(schedules.teamId, teamId), isNull(schedules.deletedAt));

/** @throws AppError `not_found`, for a schedule of another team too */
export async function lockSchedule(tx: Tx, teamId: string, id: string) {
  const [row] = await tx.select().from(schedules).where(own(teamId, id)).for('update');
  if (!row) throw noSuchSchedule();
  return row;
}

const participantsOf = (rotations: readonly { participants: string[] }[] = []) =>
  rotations.flatMap(({ participants }) => participants);

/** Makes a schedule. @throws AppError `conflict` when the name is taken */
export const createSchedule = defineCommand({
  name: 'schedules.create',
  permission: 'on-call:manage',
  input: scheduleInputSchema,
  audit: { action: 'schedule.create', target: 'schedule' },
  async run({ input, actor, tx, now }) {
    const id = uuidv7(now.getTime());
    const at = await databaseNow(tx);
    await requirePresent(tx, actor.teamId, participantsOf(input.rotations), 'rotations');
    try {
      await tx.insert(schedules).values({ ...input, id, teamId: actor.teamId, createdAt: at, updatedAt: at });
    } catch (error) {
      throw explainTakenName(error, input.name);
    }
    return { result: { id }, targetId: id, after: input };
  },
});

/** Changes the given fields; rotations are replaced whole. @throws AppError `conflict`, `not_found` */
export const updateSchedule = defineCommand({
  name: 'schedules.update',
  permission: 'on-call:manage',
  input: changeSchema,
  audit: { action: 'schedule.update', target: 'schedule' },
  async run({ input: { id, ifUpdatedAt, ...change }, actor, tx }) {
    const before = await lockSchedule(tx, actor.teamId, id);
    refuseStale(before.name, before.updatedAt, ifUpdatedAt);
    await requirePresent(tx, actor.teamId, participantsOf(change.rotations), 'rotations');
    const updatedAt = new Date(Math.max((await databaseNow(tx)).getTime(), before.updatedAt.getTime() + 1));
    try {
      await tx
        .update(schedules)
        .set({ ...change, updatedAt })
        .where(own(actor.teamId, id));
    } catch (error) {
      throw explainTakenName(error, change.name ?? before.name);
    }
    const seen = Object.fromEntries(
      Object.keys(change).map((key) => [key, before[key as keyof typeof change]]),
    );
    return { result: { id, updatedAt: updatedAt.getTime() }, targetId: id, before: seen, after: change };
  },
});

/** @throws AppError `conflict` while a policy leads to it, `not_found` */
export const deleteSchedule = defineCommand({
  name: 'schedules.delete',
  permission: 'on-call:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'schedule.delete', target: 'schedule' },
  async run({ input: { id }, actor, tx }) {
    const { name } = await lockSchedule(tx, actor.teamId, id);
    const target = JSON.stringify([{ targets: [{ kind: 'schedule', id }] }]);
    const [user] = await tx
      .select({ name: escalationPolicies.name })
      .from(escalationPolicies)
      .where(
        and(
          eq(escalationPolicies.teamId, actor.teamId),
          isNull(escalationPolicies.deletedAt),
          sql`${escalationPolicies.steps} @> ${target}::text::jsonb`,
        ),
      )
      .limit(1);
    if (user) throw new AppError('conflict', `The escalation policy ${user.name} leads to ${name}.`);
    await tx
      .update(schedules)
      .set({ deletedAt: await databaseNow(tx), calendarTokenHash: null })
      .where(own(actor.teamId, id));
    return { result: { id }, targetId: id, before: { name } };
  },
});
