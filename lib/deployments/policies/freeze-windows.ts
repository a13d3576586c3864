import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { freezeWindows } from '#db/schema/deployments.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { freezeWindowInputSchema, updateFreezeSchema } from '#lib/model/freeze-window.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { doerOf } from '../move-deployment.ts';

type FreezeRow = typeof freezeWindows.$inferSelect;

/** The window in which nothing may be deployed to an environment now; of several the one that ends last. */
export async function freezeAt(
  db: Reader,
  teamId: string,
  environment: string,
  at: Date,
): Promise<{ name: string; endsAt: Date } | null> {
  const [window] = await db
    .select({ name: freezeWindows.name, endsAt: freezeWindows.endsAt })
    .from(freezeWindows)
    .where(
      and(
        eq(freezeWindows.teamId, teamId),
        inArray(freezeWindows.environment, [environment, EVERY_ENVIRONMENT]),
        lte(freezeWindows.startsAt, at),
        gt(freezeWindows.endsAt, at),
      ),
    )
    .orderBy(desc(freezeWindows.endsAt))
    .limit(1);
  return window ?? null;
}

const own = (teamId: string, id: string) => and(eq(freezeWindows.id, id), eq(freezeWindows.teamId, teamId));

/** @throws AppError `not_found`, for a window of another team too */
async function lockFreeze(tx: Tx, teamId: string, id: string): Promise<FreezeRow> {
  const [row] = await tx.select().from(freezeWindows).where(own(teamId, id)).for('update');
  if (!row) throw new AppError('not_found', 'There is no such freeze window.');
  return row;
}

/** What the ledger says of a window. */
const snapshot = ({ name, environment, startsAt, endsAt }: FreezeRow) => ({
  ...{ name, environment, startsAt: startsAt.getTime(), endsAt: endsAt.getTime() },
});

/** Keeps deployments out of an environment for a time; rollbacks stay possible (deployment S-46). */
export const createFreezeWindow = defineCommand({
  name: 'deployments.create-freeze',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: freezeWindowInputSchema,
  audit: { action: 'freeze-window.create', target: 'freeze-window' },
  async run({ input, actor, tx }) {
    const id = uuidv7();
    await tx.insert(freezeWindows).values({
      ...{ id, teamId: actor.teamId, name: input.name, environment: input.environment },
      startsAt: new Date(input.startsAt),
      endsAt: new Date(input.endsAt),
      createdByName: doerOf(actor).name,
      updatedAt: await databaseNow(tx),
    });
    return { result: { id }, targetId: id, after: input };
  },
});

/**
 * Changes a window that is on or to come; one that is over stays as it was.
 *
 * @throws AppError `not_found`; `conflict` when it is over, or not as `ifUpdatedAt` says any more
 */
export const updateFreezeWindow = defineCommand({
  name: 'deployments.update-freeze',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: updateFreezeSchema,
  audit: { action: 'freeze-window.update', target: 'freeze-window' },
  async run({ input: { id, ifUpdatedAt, ...values }, actor, tx }) {
    const before = await lockFreeze(tx, actor.teamId, id);
    const now = await databaseNow(tx);
    if (ifUpdatedAt !== undefined && ifUpdatedAt !== before.updatedAt.getTime())
      throw new AppError(
        'conflict',
        `${before.name} was changed by somebody else. Reload to see the change.`,
      );
    if (before.endsAt <= now) throw new AppError('conflict', 'This freeze is over. Plan another one.');
    const updatedAt = new Date(Math.max(now.getTime(), before.updatedAt.getTime() + 1));
    const { startsAt, endsAt, ...rest } = values;
    await tx
      .update(freezeWindows)
      .set({ ...rest, startsAt: new Date(startsAt), endsAt: new Date(endsAt), updatedAt })
      .where(own(actor.teamId, id));
    const result = { id, updatedAt: updatedAt.getTime() };
    return { result, targetId: id, before: snapshot(before), after: values };
  },
});

/**
 * Ends a freeze now, or takes one back that did not begin; of one that was on it stays known that it was.
 *
 * @throws AppError `not_found`; `conflict` when it is over
 */
export const endFreezeWindow = defineCommand({
  name: 'deployments.end-freeze',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'freeze-window.end', target: 'freeze-window' },
  async run({ input: { id }, actor, tx }) {
    const row = await lockFreeze(tx, actor.teamId, id);
    const now = await databaseNow(tx);
    const before = snapshot(row);
    if (row.endsAt <= now) throw new AppError('conflict', 'This freeze is over.');
    if (row.startsAt >= now) {
      await tx.delete(freezeWindows).where(own(actor.teamId, id));
      return { result: { id }, targetId: id, action: 'freeze-window.delete', before };
    }
    await tx.update(freezeWindows).set({ endsAt: now, updatedAt: now }).where(own(actor.teamId, id));
    return { result: { id }, targetId: id, before, after: { ...before, endsAt: now.getTime() } };
  },
});
