import { databaseNow } from '#db/now.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { passGateSchema } from '#lib/model/deployment.ts';
import { changedOf, lostRace, refuseUnlessCan } from '../finish-deployment.ts';
import { changedEvent, doerOf, lockDeployment, noteOnDeployment } from '../move-deployment.ts';

/**
 * Lets a deployment through its gate, whatever that says: what a person decides where the looks decided nothing, or who
 * cannot wait. The rollout itself must still become complete. (Who decides otherwise cancels and rolls back.)
 *
 * @throws AppError `not_found`; `conflict` where no gate is open, and for whoever asked for it where approvals are needed;
 * `forbidden` where the policy names others who approve
 */
export const passGate = defineCommand({
  name: 'deployments.pass-gate',
  permission: 'deployments:approve',
  feature: 'deployment_automation',
  input: passGateSchema,
  audit: { action: 'deployment.pass-gate', target: 'deployment' },
  async run({ input: { id, comment }, actor, tx, announce }) {
    const row = await lockDeployment(tx, actor.teamId, id);
    const at = await databaseNow(tx);
    refuseUnlessCan(row, { actor }, 'passGate');
    if (row.approverIds.length > 0 && !(actor.kind === 'user' && row.approverIds.includes(actor.userId)))
      throw new AppError('forbidden', 'The policy of this environment names others who approve.');
    const doer = doerOf(actor);
    const changed = await noteOnDeployment(tx, row, {
      ...{ code: 'gate.let_through', message: comment, doer, at },
      set: { gateLetThroughBy: doer.name, nextAt: at },
    });
    if (!changed) throw lostRace();
    announce(changedEvent(changed, at));
    const after = { comment, version: row.version };
    return { result: changedOf(changed), targetId: id, before: { letThroughBy: null }, after };
  },
});
