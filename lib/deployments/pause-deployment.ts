import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { changedOf, lostRace, refuseUnlessCan } from './finish-deployment.ts';
import { changedEvent, doerOf, lockDeployment, noteOnDeployment } from './move-deployment.ts';

const byId = z.strictObject({ id: z.uuid() });

/** Writes down what is wanted of a rollout; a worker tells the cluster, and again after a crash. */
async function wantPause(
  { input: { id }, actor, tx, announce }: CommandArgs<z.output<typeof byId>>,
  pauseWanted: boolean,
) {
  const row = await lockDeployment(tx, actor.teamId, id);
  const at = await databaseNow(tx);
  refuseUnlessCan(row, { actor }, pauseWanted ? 'pause' : 'resume');
  const code = pauseWanted ? 'pause.wanted' : 'resume.wanted';
  const changed = await noteOnDeployment(tx, row, {
    ...{ code, doer: doerOf(actor), at },
    set: { pauseWanted, nextAt: at },
  });
  if (!changed) throw lostRace();
  announce(changedEvent(changed, at));
  return {
    result: changedOf(changed),
    targetId: id,
    before: { pauseWanted: row.isPaused },
    after: { pauseWanted },
  };
}

/** Pauses a rollout that is under way; its deadline stands still meanwhile (deployment S-23). */
export const pauseDeployment = defineCommand({
  name: 'deployments.pause',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: byId,
  audit: { action: 'deployment.pause', target: 'deployment' },
  run: (args) => wantPause(args, true),
});

/** Lets a paused rollout go on. */
export const resumeDeployment = defineCommand({
  name: 'deployments.resume',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: byId,
  audit: { action: 'deployment.resume', target: 'deployment' },
  run: (args) => wantPause(args, false),
});
