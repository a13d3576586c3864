import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertRoutes } from '#db/schema/notifications.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { reroute } from './manage-routes.ts';

/**
 * Asks the routes of the team in another order, all of them named; the one that takes everything else stays last.
 *
 * @throws AppError `conflict` when others were made or taken away meanwhile
 */
export const orderRoutes = defineCommand({
  name: 'alert-routes.order',
  permission: 'alert-routing:manage',
  input: z.strictObject({ ids: z.array(z.uuid()).max(1000) }),
  audit: { action: 'alert-route.order', target: 'team' },
  async run({ input: { ids }, actor, tx }) {
    const { teamId } = actor;
    const own = await tx
      .select({ id: alertRoutes.id, position: alertRoutes.position })
      .from(alertRoutes)
      .where(and(eq(alertRoutes.teamId, teamId), eq(alertRoutes.isDefault, false)))
      .orderBy(alertRoutes.position, alertRoutes.id)
      .for('update');
    const known = new Set(own.map(({ id }) => id));
    const isSame = ids.length === known.size && new Set(ids).size === ids.length;
    if (!isSame || ids.some((id) => !known.has(id)))
      throw new AppError('conflict', 'The routes have changed in the meantime. Load them again.');
    for (const [position, id] of ids.entries()) {
      await tx.update(alertRoutes).set({ position }).where(eq(alertRoutes.id, id));
    }
    await reroute(tx, teamId);
    return { result: { ids }, targetId: teamId, before: { ids: [...known] }, after: { ids } };
  },
});
