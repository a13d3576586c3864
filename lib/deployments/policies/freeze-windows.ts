import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { freezeWindows } from '#db/schema/deployments.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { EVERY_ENVIRONMENT, type FreezeWindow, freezeWindowInputSchema } from '#lib/model/deployment.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { doerOf } from '../move-deployment.ts';

/** Windows that ended are shown this long. */
const ENDED_MS = 30 * 86_400_000;
const MOST = 500;

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
    });
    return { result: { id }, targetId: id, after: input };
  },
});

/** @throws AppError `not_found` */
export const deleteFreezeWindow = defineCommand({
  name: 'deployments.delete-freeze',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'freeze-window.delete', target: 'freeze-window' },
  async run({ input: { id }, actor, tx }) {
    const own = and(eq(freezeWindows.id, id), eq(freezeWindows.teamId, actor.teamId));
    const [gone] = await tx.delete(freezeWindows).where(own).returning({
      name: freezeWindows.name,
      environment: freezeWindows.environment,
    });
    if (!gone) throw new AppError('not_found', 'There is no such freeze window.');
    return { result: { id }, targetId: id, before: gone };
  },
});

/** The freeze windows of the team, those that end last first; ended ones for 30 days. */
export const listFreezeWindows = defineQuery({
  name: 'deployments.freezes',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: FreezeWindow[] }> {
    const now = await databaseNow(db);
    const shown = gt(freezeWindows.endsAt, new Date(now.getTime() - ENDED_MS));
    const rows = await db
      .select()
      .from(freezeWindows)
      .where(and(eq(freezeWindows.teamId, actor.teamId), shown))
      .orderBy(desc(freezeWindows.endsAt), desc(freezeWindows.id))
      .limit(MOST);
    return {
      items: rows.map(({ id, name, environment, startsAt, endsAt, createdByName }) => ({
        ...{ id, name, environment, createdBy: createdByName },
        startsAt: startsAt.getTime(),
        endsAt: endsAt.getTime(),
        isOn: startsAt <= now && now < endsAt,
      })),
    };
  },
});
