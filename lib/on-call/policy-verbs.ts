import { and, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { alertRoutes, notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type EscalationStep, policyInputSchema, readSteps } from '#lib/model/on-call.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { reconsiderHours } from './hurry.ts';
import { explainTakenName, noSuchPolicy, refuseStale, requirePresent } from './refusals.ts';

const own = (teamId: string, id: string) =>
  and(
    eq(escalationPolicies.id, id),
    eq(escalationPolicies.teamId, teamId),
    isNull(escalationPolicies.deletedAt),
  );

async function lockPolicy(tx: Tx, teamId: string, id: string) {
  const [row] = await tx.select().from(escalationPolicies).where(own(teamId, id)).for('update');
  if (!row) throw noSuchPolicy();
  return row;
}

/** @throws AppError `invalid` when a target is not there, or is another team's (security Z4) */
async function requireTargets(tx: Tx, teamId: string, steps: readonly EscalationStep[] = []): Promise<void> {
  const targets = steps.flatMap((step) => step.targets);
  const idsOf = (kind: string) => [
    ...new Set(targets.filter((one) => one.kind === kind).map(({ id }) => id)),
  ];
  await requirePresent(tx, teamId, idsOf('user'), 'steps');
  const known = await tx
    .select({ id: schedules.id })
    .from(schedules)
    .where(
      and(
        inArray(schedules.id, idsOf('schedule')),
        eq(schedules.teamId, teamId),
        isNull(schedules.deletedAt),
      ),
    );
  const channels = await tx
    .select({ id: notificationChannels.id })
    .from(notificationChannels)
    .where(
      and(
        inArray(notificationChannels.id, idsOf('channel')),
        eq(notificationChannels.teamId, teamId),
        isNull(notificationChannels.deletedAt),
      ),
    );
  if (known.length === idsOf('schedule').length && channels.length === idsOf('channel').length) return;
  const issues = [{ path: 'steps', message: 'Names a schedule or a channel that does not exist.' }];
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/** Makes an escalation policy. @throws AppError `conflict` when the name is taken, `invalid` */
export const createPolicy = defineCommand({
  name: 'escalation-policies.create',
  permission: 'on-call:manage',
  input: policyInputSchema,
  audit: { action: 'escalation-policy.create', target: 'escalation-policy' },
  async run({ input, actor, tx, now }) {
    const id = uuidv7(now.getTime());
    await requireTargets(tx, actor.teamId, input.steps);
    try {
      const updatedAt = await databaseNow(tx);
      await tx.insert(escalationPolicies).values({ ...input, id, teamId: actor.teamId, updatedAt });
    } catch (error) {
      throw explainTakenName(error, input.name);
    }
    return { result: { id }, targetId: id, after: input };
  },
});

/**
 * Changes the given fields; running escalations go on by the new steps (alerting S82), paused ones by their new
 * hours at once (alerting S81).
 *
 * @throws AppError `conflict`
 */
export const updatePolicy = defineCommand({
  name: 'escalation-policies.update',
  permission: 'on-call:manage',
  input: policyInputSchema.partial().extend({ id: z.uuid(), ifUpdatedAt: z.int().optional() }),
  audit: { action: 'escalation-policy.update', target: 'escalation-policy' },
  async run({ input: { id, ifUpdatedAt, ...change }, actor, tx }) {
    const before = await lockPolicy(tx, actor.teamId, id);
    refuseStale(before.name, before.updatedAt, ifUpdatedAt);
    await requireTargets(tx, actor.teamId, change.steps);
    const updatedAt = new Date(Math.max((await databaseNow(tx)).getTime(), before.updatedAt.getTime() + 1));
    try {
      await tx
        .update(escalationPolicies)
        .set({ ...change, updatedAt })
        .where(own(actor.teamId, id));
    } catch (error) {
      throw explainTakenName(error, change.name ?? before.name);
    }
    const isOther = JSON.stringify(change.steps) !== JSON.stringify(readSteps(before.steps));
    if (change.steps && isOther) await reconsiderHours(tx, id);
    const seen = Object.fromEntries(
      Object.keys(change).map((key) => [key, before[key as keyof typeof change]]),
    );
    return { result: { id, updatedAt: updatedAt.getTime() }, targetId: id, before: seen, after: change };
  },
});

/** Running escalations go on to their end. @throws AppError `conflict` while a route leads to it */
export const deletePolicy = defineCommand({
  name: 'escalation-policies.delete',
  permission: 'on-call:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'escalation-policy.delete', target: 'escalation-policy' },
  async run({ input: { id }, actor, tx }) {
    const { name } = await lockPolicy(tx, actor.teamId, id);
    const [route] = await tx
      .select({ name: alertRoutes.name })
      .from(alertRoutes)
      .where(eq(alertRoutes.escalationPolicyId, id))
      .limit(1);
    if (route) throw new AppError('conflict', `The route ${route.name} leads to ${name}.`);
    await tx
      .update(escalationPolicies)
      .set({ deletedAt: await databaseNow(tx) })
      .where(own(actor.teamId, id));
    return { result: { id }, targetId: id, before: { name } };
  },
});
