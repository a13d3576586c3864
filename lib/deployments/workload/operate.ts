import type { z } from 'zod';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  ofAgentSchema,
  scaleSchema,
  setAutoscalerSchema,
  type WorkloadAct,
  type WorkloadChanged,
  workloadDoneSchema,
} from '#lib/model/workload.ts';
import { askWorkers } from './ask-workers.ts';
import { requireWorkload } from './find-workload.ts';
import { isOfRollout, UNDER_WAY } from './read-workload.ts';

const common = { permission: 'workloads:operate', feature: 'deployment_automation' } as const;

/**
 * Has a worker do something to the workload of an agent, and writes what it was and is now into the ledger. Once a
 * worker has been told, its act may be done even if no answer comes in time: that is written too, and said.
 *
 * @throws AppError `not_found`; `conflict` when the workload, an autoscaler or a deployment under way stands against it;
 * `unavailable` when nobody was told
 */
async function operate(
  { actor, tx, deps, input: { agentId } }: Omit<CommandArgs<{ agentId: string }>, 'now' | 'announce'>,
  act: WorkloadAct,
): Promise<Outcome<WorkloadChanged>> {
  const { address, clusterName, deployment } = await requireWorkload(tx, actor.teamId, agentId);
  if (deployment && isOfRollout(act.is)) throw new AppError('conflict', UNDER_WAY);
  const where = { cluster: clusterName, namespace: address.namespace, workload: address.name };
  let isTaken = false;
  try {
    const onTaken = () => {
      isTaken = true;
    };
    const answer = await askWorkers(deps, 'workload.act', { at: address, act }, { onTaken });
    const { before, after, says } = workloadDoneSchema.parse(answer);
    const result = { says, isCertain: true };
    return { result, targetId: agentId, before, after: { ...where, ...after } };
  } catch (error) {
    if (!isTaken || !(error instanceof AppError && error.code === 'unavailable')) throw error;
    const says = `${error.message} It may have been done: look at the workload.`;
    const { is, ...asked } = act;
    const after = { ...where, asked: JSON.stringify({ act: is, ...asked }), answer: error.message };
    return { result: { says, isCertain: false }, targetId: agentId, after };
  }
}

/** Replaces the pods of a workload one after the other (deployment S-48). */
export const restartWorkload = defineCommand({
  ...common,
  name: 'workloads.restart',
  input: ofAgentSchema,
  audit: { action: 'workload.restart', target: 'agent' },
  run: ({ now, ...args }) => operate(args, { is: 'restart', atMs: now.getTime() }),
});

/** Changes how many pods a workload has (deployment S-49). */
export const scaleWorkload = defineCommand({
  ...common,
  name: 'workloads.scale',
  input: scaleSchema,
  audit: { action: 'workload.scale', target: 'agent' },
  run: (args: CommandArgs<z.output<typeof scaleSchema>>) =>
    operate(args, { is: 'scale', replicas: args.input.replicas }),
});

/** Holds the rollout of whatever is changed about a workload; its pods go on. */
export const pauseWorkload = defineCommand({
  ...common,
  name: 'workloads.pause',
  input: ofAgentSchema,
  audit: { action: 'workload.pause', target: 'agent' },
  run: (args) => operate(args, { is: 'pause' }),
});

/** Lets a paused workload roll out what has changed. */
export const resumeWorkload = defineCommand({
  ...common,
  name: 'workloads.resume',
  input: ofAgentSchema,
  audit: { action: 'workload.resume', target: 'agent' },
  run: (args) => operate(args, { is: 'resume' }),
});

/** Changes limits and targets of an autoscaler of the workload. */
export const setAutoscaler = defineCommand({
  ...common,
  name: 'workloads.set-autoscaler',
  input: setAutoscalerSchema,
  audit: { action: 'workload.set-autoscaler', target: 'agent' },
  run: (args: CommandArgs<z.output<typeof setAutoscalerSchema>>) => {
    const { agentId: _, ...change } = args.input;
    return operate(args, { is: 'setAutoscaler', ...change });
  },
});
