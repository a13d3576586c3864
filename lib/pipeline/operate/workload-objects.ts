/**
 * What people do with a running workload, on the worker's side: it reads, acts and answers what the web process asks
 * over the bus, since that one never speaks to a cluster.
 *
 * This file says what a workload is made of and how its cluster's refusals are told.
 */
import { AppError } from '#lib/kernel/errors.ts';
import { textAt } from '#lib/model/json-fields.ts';
import type { WorkloadAddress } from '#lib/model/workload.ts';
import { type Cluster, ClusterError, type ClusterObject, type ObjectKind } from '#lib/ports/cluster/port.ts';

const AUTOSCALERS: ObjectKind = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
};

export const autoscalerRef = (namespace: string, name: string) => ({ kind: AUTOSCALERS, namespace, name });

/** The clusters of teams, open. */
export interface ClusterSource {
  /** @throws AppError `not_found` for one that is gone; ClusterError */
  get(teamId: string, clusterId: string): Promise<Cluster>;
}

export const noSuchWorkload = () => new AppError('not_found', 'The cluster has no such workload any more.');

/** The autoscalers that name a workload as what they scale. @throws ClusterError */
export async function autoscalersOf(
  cluster: Pick<Cluster, 'list'>,
  { namespace, name }: WorkloadAddress,
  signal: AbortSignal,
): Promise<ClusterObject[]> {
  const all = await cluster.list({ kind: AUTOSCALERS, namespace }, {}, signal);
  return all.filter(
    (each) =>
      textAt(each, 'spec', 'scaleTargetRef', 'kind') === 'Deployment' &&
      textAt(each, 'spec', 'scaleTargetRef', 'name') === name,
  );
}

/** A refusal of a cluster as whoever asked is told it; never as if they themselves lacked a permission. */
export function toldError(error: unknown): unknown {
  if (!(error instanceof ClusterError)) return error;
  switch (error.code) {
    case 'forbidden':
      return new AppError('conflict', `The cluster does not let Pitwall do this: ${error.message}`);
    case 'conflict':
    case 'field_conflict':
      return new AppError('conflict', 'It has changed meanwhile. Look at it again.');
    case 'not_found':
      return new AppError('not_found', error.message);
    case 'invalid':
      return new AppError('invalid', `The cluster does not accept it: ${error.message}`);
    default:
      return new AppError('unavailable', error.message);
  }
}
