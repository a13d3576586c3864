/**
 * Scaling: the job that looks at what agents' load asks for and, where a policy says so, does it. A worker looks at the
 * workload, decides, writes down what it will do, does it once and looks again.
 *
 * This file looks: whether a workload may be scaled at all, and how many replicas it has.
 */

import { rolloutStatus } from '#lib/deployments/rollout/rollout-status.ts';
import { gitOpsOwner } from '#lib/model/git-ops-owner.ts';
import { fieldAt, numberAt, textAt } from '#lib/model/json-fields.ts';
import type { HoldCode } from '#lib/model/scaling.ts';
import { type Cluster, ClusterError, type ClusterObject, type ObjectKind } from '#lib/ports/cluster/port.ts';
import { workloadRef } from '../deploy/workload-object.ts';

const AUTOSCALERS: ObjectKind = {
  ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  plural: 'horizontalpodautoscalers',
};

/** What a workload is like, and why it is to be left alone; `hold` null: it may be scaled. */
export interface ScaleLook {
  hold: HoldCode | null;
  words: string;
  /** Replicas that are asked for; null: not known. */
  replicas: number | null;
  available: number;
  resourceVersion: string | null;
}

/** A look that found no workload. */
export const unseen = (hold: HoldCode, words: string): ScaleLook => ({
  ...{ hold, words, replicas: null, available: 0, resourceVersion: null },
});

/** The autoscaler of the cluster that targets a workload; undefined: none does. */
function autoscalerOf(workload: ClusterObject, autoscalers: readonly ClusterObject[]) {
  return autoscalers.find((autoscaler) => {
    const target = ['spec', 'scaleTargetRef'] as const;
    const group = (textAt(autoscaler, ...target, 'apiVersion') ?? 'apps/v1').split('/')[0];
    return (
      group === 'apps' &&
      textAt(autoscaler, ...target, 'kind') === workload.kind &&
      textAt(autoscaler, ...target, 'name') === workload.metadata.name
    );
  });
}

/** Two that scale one workload work against each other: the cluster's own comes first (deployment S-49). */
function autoscalerWords(autoscaler: ClusterObject): string {
  const least = numberAt(autoscaler, 'spec', 'minReplicas') ?? 1;
  const most = numberAt(autoscaler, 'spec', 'maxReplicas');
  return `The HorizontalPodAutoscaler ${autoscaler.metadata.name} scales it between ${least} and ${most} replicas: Pitwall leaves it alone.`;
}

type Held = [HoldCode, string];

function heldBack(workload: ClusterObject, autoscalers: readonly ClusterObject[]): Held | null {
  const autoscaler = autoscalerOf(workload, autoscalers);
  if (autoscaler) return ['hpa', autoscalerWords(autoscaler)];
  const owner = gitOpsOwner(workload);
  if (owner)
    return [
      'git_ops',
      `${owner.tool} keeps this workload as ${owner.name} says and would revert the change.`,
    ];
  if (workload.metadata.deletionTimestamp) return ['workload_gone', 'The workload is being deleted.'];
  if (fieldAt(workload, 'spec', 'paused') === true)
    return ['paused', 'The workload is paused: it is left alone until it goes on.'];
  const { phase, reason, message, replicas } = rolloutStatus(workload, null);
  if (replicas.desired === 0)
    return ['scaled_to_zero', 'Somebody scaled it to 0 replicas: it is left alone until there is one.'];
  if (reason === 'not_observed' || replicas.old > 0 || phase === 'failed')
    return ['rolling_out', `A rollout is under way: ${message}`];
  return null;
}

async function readAutoscalers(cluster: Cluster, namespace: string, signal: AbortSignal) {
  try {
    return await cluster.list({ kind: AUTOSCALERS, namespace }, {}, signal);
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'forbidden') return error.message;
    throw error;
  }
}

/** Looks at a workload. @throws ClusterError */
export async function lookAtScale(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<ScaleLook> {
  const [workload, autoscalers] = await Promise.all([
    cluster.read(workloadRef({ namespace, workloadName: name }), signal),
    readAutoscalers(cluster, namespace, signal),
  ]);
  if (!workload) return unseen('workload_gone', `There is no Deployment ${name} in ${namespace}.`);
  const held: Held | null =
    typeof autoscalers === 'string'
      ? ['hpa', `Whether an autoscaler targets it can't be seen: ${autoscalers}`]
      : heldBack(workload, autoscalers);
  const { desired, available } = rolloutStatus(workload, null).replicas;
  return {
    ...{ hold: held?.[0] ?? null, words: held?.[1] ?? '' },
    ...{ replicas: desired, available, resourceVersion: workload.metadata.resourceVersion ?? null },
  };
}
