import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { alertRoutes, notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies } from '#db/schema/on-call.ts';
import { selectAlerts } from '#lib/alerts/open-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { routeInputSchema, routeUpdateSchema } from '#lib/model/alert-route.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { rerouteAlerts } from '#lib/notifications/reroute-alerts.ts';

type Values = z.output<typeof routeInputSchema>;

function columnsOf({ groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds, ...values }: Values) {
  return {
    ...values,
    groupWaitMs: Math.round(groupWaitSeconds * 1000),
    groupIntervalMs: Math.round(groupIntervalSeconds * 1000),
    repeatIntervalMs: Math.round(repeatIntervalSeconds * 1000),
  };
}

const refused = (path: string, message: string) =>
  new AppError('invalid', 'Some values are not valid.', { issues: [{ path, message }] });

/** Channels and policies must be the team's own. */
async function requireOwn(tx: Tx, teamId: string, values: Values): Promise<void> {
  const { channelIds, fallbackChannelId, escalationPolicyId } = values;
  const wanted = new Set([...channelIds, ...(fallbackChannelId === null ? [] : [fallbackChannelId])]);
  const known =
    wanted.size === 0
      ? []
      : await tx
          .select({ id: notificationChannels.id })
          .from(notificationChannels)
          .where(
            and(
              eq(notificationChannels.teamId, teamId),
              inArray(notificationChannels.id, [...wanted]),
              isNull(notificationChannels.deletedAt),
            ),
          );
  if (known.length < wanted.size) throw refused('channelIds', 'There is no such channel.');
  if (escalationPolicyId === null) return;
  const [policy] = await tx
    .select({ id: escalationPolicies.id })
    .from(escalationPolicies)
    .where(
      and(
        eq(escalationPolicies.teamId, teamId),
        eq(escalationPolicies.id, escalationPolicyId),
        isNull(escalationPolicies.deletedAt),
      ),
    );
  if (!policy) throw refused('escalationPolicyId', 'There is no such policy.');
}

/** Open alerts go where the routes send them from now on. */
export async function reroute(tx: Tx, teamId: string): Promise<void> {
  const open = await selectAlerts(tx, teamId, sql`a.status <> 'resolved'`);
  await rerouteAlerts(tx, teamId, open, await databaseNow(tx));
}

async function lockRoute(tx: Tx, teamId: string, id: string) {
  const own = and(eq(alertRoutes.id, id), eq(alertRoutes.teamId, teamId));
  const [route] = await tx.select().from(alertRoutes).where(own).for('update');
  if (!route) throw new AppError('not_found', 'There is no such route.');
  return route;
}

/** Sends what matches somewhere else than everything else. */
export const createRoute = defineCommand({
  name: 'alert-routes.create',
  permission: 'alert-routing:manage',
  input: routeInputSchema,
  audit: { action: 'alert-route.create', target: 'alert-route' },
  async run({ input, actor, tx }) {
    await requireOwn(tx, actor.teamId, input);
    const id = uuidv7();
    await tx.insert(alertRoutes).values({ id, teamId: actor.teamId, ...columnsOf(input) });
    await reroute(tx, actor.teamId);
    return { result: { id }, targetId: id, after: input };
  },
});

/**
 * Changes a route. The one that takes everything else keeps its place and has no matchers. What was told of its
 * groups stays told (alerting S40).
 *
 * @throws AppError `not_found`, `invalid`
 */
export const updateRoute = defineCommand({
  name: 'alert-routes.update',
  permission: 'alert-routing:manage',
  input: routeUpdateSchema,
  audit: { action: 'alert-route.update', target: 'alert-route' },
  async run({ input: { id, ...values }, actor, tx }) {
    const before = await lockRoute(tx, actor.teamId, id);
    if (before.isDefault && values.matchers.length > 0)
      throw refused('matchers', 'This route takes everything else: it has no matchers.');
    await requireOwn(tx, actor.teamId, values);
    const position = before.isDefault ? before.position : values.position;
    await tx
      .update(alertRoutes)
      .set({ ...columnsOf(values), position, updatedAt: await databaseNow(tx) })
      .where(eq(alertRoutes.id, id));
    await reroute(tx, actor.teamId);
    const { teamId: _team, id: _id, createdAt: _created, updatedAt: _updated, ...was } = before;
    return { result: { id }, targetId: id, before: was, after: columnsOf(values) };
  },
});

/**
 * Takes a route away; its open alerts go where the others send them.
 *
 * @throws AppError `not_found`, or `conflict` for the route that takes everything else
 */
export const deleteRoute = defineCommand({
  name: 'alert-routes.delete',
  permission: 'alert-routing:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'alert-route.delete', target: 'alert-route' },
  async run({ input: { id }, actor, tx }) {
    const before = await lockRoute(tx, actor.teamId, id);
    if (before.isDefault) throw new AppError('conflict', 'The route that takes everything else must stay.');
    await tx.delete(alertRoutes).where(eq(alertRoutes.id, id));
    await reroute(tx, actor.teamId);
    return { result: { id }, targetId: id, before: { name: before.name, matchers: before.matchers } };
  },
});
