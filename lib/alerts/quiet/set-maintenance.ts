import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { maintenanceWindows } from '#db/schema/alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { maintenanceInputSchema } from '#lib/model/mute.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

const noSuchWindow = () => new AppError('not_found', 'There is no such maintenance window.');

/** Plans quiet: once, or again and again by the calendar of a zone. */
export const createMaintenanceWindow = defineCommand({
  name: 'maintenance.create',
  permission: 'alerts:mute',
  input: maintenanceInputSchema,
  audit: { action: 'maintenance.create', target: 'maintenance-window' },
  async run({ input, actor, tx }) {
    const id = uuidv7();
    const at = await databaseNow(tx);
    const createdBy = actor.kind === 'user' ? actor.userId : null;
    await tx
      .insert(maintenanceWindows)
      .values({ id, teamId: actor.teamId, ...input, createdBy, createdAt: at, updatedAt: at });
    return { result: { id }, targetId: id, after: input };
  },
});

/** @throws AppError `not_found` */
export const updateMaintenanceWindow = defineCommand({
  name: 'maintenance.update',
  permission: 'alerts:mute',
  input: maintenanceInputSchema.extend({ id: z.uuid() }),
  audit: { action: 'maintenance.update', target: 'maintenance-window' },
  async run({ input: { id, ...values }, actor, tx }) {
    const own = and(eq(maintenanceWindows.id, id), eq(maintenanceWindows.teamId, actor.teamId));
    const [before] = await tx.select().from(maintenanceWindows).where(own).for('update');
    if (!before) throw noSuchWindow();
    const at = await databaseNow(tx);
    await tx
      .update(maintenanceWindows)
      .set({ ...values, updatedAt: at })
      .where(own);
    const { name, matchers, timeZone, when, enabled } = before;
    return {
      result: { id },
      targetId: id,
      before: { name, matchers, timeZone, when, enabled },
      after: values,
    };
  },
});

/** @throws AppError `not_found` */
export const deleteMaintenanceWindow = defineCommand({
  name: 'maintenance.delete',
  permission: 'alerts:mute',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'maintenance.delete', target: 'maintenance-window' },
  async run({ input: { id }, actor, tx }) {
    const own = and(eq(maintenanceWindows.id, id), eq(maintenanceWindows.teamId, actor.teamId));
    const [gone] = await tx
      .delete(maintenanceWindows)
      .where(own)
      .returning({ name: maintenanceWindows.name });
    if (!gone) throw noSuchWindow();
    return { result: { id }, targetId: id, before: gone };
  },
});
