import { and, count, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { alertRoutes, notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { readSteps } from '#lib/model/on-call.ts';
import type { PolicyView } from '#lib/model/on-call-view.ts';
import { noSuchPolicy } from './refusals.ts';

async function namesOf(db: Reader, teamId: string, ids: readonly string[]): Promise<Record<string, string>> {
  if (ids.length === 0) return {};
  const people = await db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(inArray(users.id, [...ids]));
  const found = await db
    .select({ id: schedules.id, name: schedules.name })
    .from(schedules)
    .where(and(eq(schedules.teamId, teamId), inArray(schedules.id, [...ids])));
  const channels = await db
    .select({ id: notificationChannels.id, name: notificationChannels.name })
    .from(notificationChannels)
    .where(and(eq(notificationChannels.teamId, teamId), inArray(notificationChannels.id, [...ids])));
  const named = people.map(({ id, name, email }) => ({ id, name: name || email }));
  return Object.fromEntries([...named, ...found, ...channels].map(({ id, name }) => [id, name]));
}

async function readViews(db: Reader, teamId: string, which?: SQL): Promise<PolicyView[]> {
  const rows = await db
    .select()
    .from(escalationPolicies)
    .where(and(eq(escalationPolicies.teamId, teamId), isNull(escalationPolicies.deletedAt), which))
    .orderBy(escalationPolicies.name);
  const used = await db
    .select({ id: alertRoutes.escalationPolicyId, routes: count() })
    .from(alertRoutes)
    .where(eq(alertRoutes.teamId, teamId))
    .groupBy(alertRoutes.escalationPolicyId);
  const routes = new Map(used.map((row) => [row.id, row.routes]));
  const policies = rows.map(({ id, name, repeat, updatedAt, steps }) => ({
    id,
    name,
    repeat,
    steps: readSteps(steps),
    routes: routes.get(id) ?? 0,
    updatedAt: updatedAt.getTime(),
  }));
  const targets = policies.flatMap(({ steps }) => steps.flatMap((step) => step.targets));
  const names = await namesOf(db, teamId, [...new Set(targets.map(({ id }) => id))]);
  return policies.map((policy) => ({ ...policy, names }));
}

/** The escalation policies of the team. */
export const listPolicies = defineQuery({
  name: 'escalation-policies.list',
  permission: 'on-call:read',
  input: z.strictObject({}),
  run: ({ actor, db }) => readViews(db, actor.teamId),
});

/** @throws AppError `not_found`, for a policy of another team too */
export const getPolicy = defineQuery({
  name: 'escalation-policies.get',
  permission: 'on-call:read',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input, actor, db }) {
    const [policy] = await readViews(db, actor.teamId, eq(escalationPolicies.id, input.id));
    if (!policy) throw noSuchPolicy();
    return policy;
  },
});
