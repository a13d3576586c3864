import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { deploymentApprovals } from '#db/schema/deployments.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { plainText } from '#lib/model/agent-schema.ts';
import { changedOf, finishDeployment, lostRace, refuseUnlessCan } from '../finish-deployment.ts';
import {
  type Change,
  changedEvent,
  type DeploymentRecord,
  doerOf,
  lockDeployment,
  noteOnDeployment,
} from '../move-deployment.ts';
import { decisionRefusal, onlyPeople } from './who-may-decide.ts';

const decisionInput = z.strictObject({ id: z.uuid(), comment: plainText(500).default('') });
type Decision = CommandArgs<z.output<typeof decisionInput>>;

/** One of those whose word counts, who did not ask for it and has not spoken yet. */
async function takeWord(
  { input: { id, comment }, actor, tx }: Decision,
  decision: 'approved' | 'rejected',
): Promise<{ row: DeploymentRecord; person: UserActor; at: Date }> {
  const row = await lockDeployment(tx, actor.teamId, id);
  const at = await databaseNow(tx);
  if (actor.kind !== 'user') throw onlyPeople();
  refuseUnlessCan(row, { actor }, 'approve');
  const decided = await tx
    .select({ userId: deploymentApprovals.userId })
    .from(deploymentApprovals)
    .where(eq(deploymentApprovals.deploymentId, id));
  const refusal = decisionRefusal(
    row,
    actor,
    decided.map(({ userId }) => userId),
    at,
  );
  if (refusal) throw refusal;
  await tx.insert(deploymentApprovals).values({
    ...{ teamId: row.teamId, deploymentId: id, userId: actor.userId, userName: doerOf(actor).name },
    ...{ decision, comment, at },
  });
  return { row, person: actor, at };
}

/**
 * Approves a deployment. With the last approval that it needs a worker takes it on.
 *
 * @throws AppError `not_found`; `conflict` when it waits for none, for whoever asked for it, and the second time;
 * `forbidden` where the policy names others
 */
export const approveDeployment = defineCommand({
  name: 'deployments.approve',
  permission: 'deployments:approve',
  feature: 'deployment_automation',
  input: decisionInput,
  audit: { action: 'deployment.approve', target: 'deployment' },
  async run(args) {
    const { tx, announce, input } = args;
    const { row, person, at } = await takeWord(args, 'approved');
    const [given] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(deploymentApprovals)
      .where(and(eq(deploymentApprovals.deploymentId, row.id), eq(deploymentApprovals.decision, 'approved')));
    const isEnough = (given?.count ?? 0) >= row.approvalsNeeded;
    const change: Change = {
      code: 'approval.given',
      message: `Approval ${given?.count ?? 0} of ${row.approvalsNeeded}${input.comment && `: ${input.comment}`}`,
      doer: doerOf(person),
      at,
      set: isEnough ? { approvedAt: at, nextAt: at } : {},
    };
    const changed = await noteOnDeployment(tx, row, change);
    if (!changed) throw lostRace();
    announce(changedEvent(changed, at));
    const after = { comment: input.comment, isEnough };
    return { result: changedOf(changed), targetId: row.id, after };
  },
});

/** Refuses a deployment for good; one word is enough. Refuses as `approveDeployment` does. */
export const rejectDeployment = defineCommand({
  name: 'deployments.reject',
  permission: 'deployments:approve',
  feature: 'deployment_automation',
  input: decisionInput,
  audit: { action: 'deployment.reject', target: 'deployment' },
  async run(args) {
    const { tx, announce, input } = args;
    const { row, person, at } = await takeWord(args, 'rejected');
    const message = `Rejected by ${doerOf(person).name}${input.comment && `: ${input.comment}`}`;
    const ended = await finishDeployment(tx, row, 'cancelled', {
      ...{ code: 'REJECTED', message, doer: doerOf(person), at },
      set: { failureCode: 'REJECTED', failureMessage: message },
    });
    if (!ended) throw lostRace();
    for (const event of ended.events) announce(event);
    return { result: changedOf(ended.row), targetId: row.id, after: { comment: input.comment } };
  },
});
