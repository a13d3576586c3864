/**
 * Deployments that wait for people: who may let them go on, and how those people hear of it. Deployments know their
 * policies, members know who holds what; here the two meet.
 *
 * This file says who may approve.
 */
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { type Holder, holdersOf } from '#lib/members/roles/role-holds.ts';
import type { ApproverView } from '#lib/model/deployment-policy.ts';

/** Everybody who may approve deployments of a team; policies narrow them, and nobody approves their own. */
export const approversOf = (db: Reader, teamId: string): Promise<Holder[]> =>
  holdersOf(db, 'deployments:approve', teamId);

/** Those people by name, for who decides how many of them a deployment needs. */
export const listApprovers = defineQuery({
  name: 'deployments.approvers',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: ApproverView[] }> {
    const people = await approversOf(db, actor.teamId);
    const items = people.map(({ id, name, email }) => ({ id, name: name || email }));
    return { items: items.sort((a, b) => a.name.localeCompare(b.name)) };
  },
});
