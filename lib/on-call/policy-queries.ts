import { and, count, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { alertRoutes, notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import { readGrants } from '#lib/access/grants.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { readSteps } from '#lib/model/on-call.ts';
import type { PolicyView } from '#lib/model/on-call-view.ts';
import { answerOf } from './answer-of.ts';
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

/** Roles of people who would be told and may not acknowledge; of those who are still in the team. */
async function unableOf(db: Reader, teamId: string, ids: readonly string[]): Promise<Record<string, string>> {
  const grants = await readGrants(db, ids);
  const answers = [...grants].filter(([, own]) => own.belongsTo(teamId));
  return Object.fromEntries(
    answers.flatMap(([id, own]) => {
      const { mayAcknowledge, role } = answerOf(teamId, own);
      return mayAcknowledge ? [] : [[id, role]];
    }),
  );
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
  const people = targets.filter(({ kind }) => kind === 'user').map(({ id }) => id);
  const unable = await unableOf(db, teamId, [...new Set(people)]);
  return policies.map((policy) => {
    const own = new Set(policy.steps.flatMap((step) => step.targets.map(({ id }) => id)));
    const ofPolicy = Object.entries(unable).filter(([id]) => own.has(id));
    return { ...policy, names, unable: Object.fromEntries(ofPolicy) };
  });
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
