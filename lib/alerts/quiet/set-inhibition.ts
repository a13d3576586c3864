import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { inhibitionRules } from '#db/schema/alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { inhibitionInputSchema } from '#lib/model/mute.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** Lets what fires on one side keep the other quiet. A rule never changes: another one takes its place. */
export const createInhibitionRule = defineCommand({
  name: 'inhibition.create',
  permission: 'alerts:mute',
  input: inhibitionInputSchema,
  audit: { action: 'inhibition.create', target: 'inhibition-rule' },
  async run({ input, actor, tx }) {
    const id = uuidv7();
    await tx.insert(inhibitionRules).values({ id, teamId: actor.teamId, ...input });
    return { result: { id }, targetId: id, after: input };
  },
});

/** @throws AppError `not_found` */
export const deleteInhibitionRule = defineCommand({
  name: 'inhibition.delete',
  permission: 'alerts:mute',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'inhibition.delete', target: 'inhibition-rule' },
  async run({ input: { id }, actor, tx }) {
    const own = and(eq(inhibitionRules.id, id), eq(inhibitionRules.teamId, actor.teamId));
    const [gone] = await tx.delete(inhibitionRules).where(own).returning({ name: inhibitionRules.name });
    if (!gone) throw new AppError('not_found', 'There is no such inhibition rule.');
    return { result: { id }, targetId: id, before: gone };
  },
});
