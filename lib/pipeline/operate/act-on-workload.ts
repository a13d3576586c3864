import type { z } from 'zod';
import { mayScaleTo, type WorkloadFacts, workloadCan } from '#lib/deployments/workload/workload-can.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { fieldAt, type JsonRecord, numberAt, recordAt, recordsAt } from '#lib/model/json-fields.ts';
import type { WorkloadAct, WorkloadAddress, workloadDoneSchema } from '#lib/model/workload.ts';
import { type Cluster, ClusterError, type ClusterObject } from '#lib/ports/cluster/port.ts';
import { workloadRef } from '../deploy/workload-object.ts';
import { autoscalerView, targetPlace } from './autoscaler-view.ts';
import { autoscalerRef, autoscalersOf, noSuchWorkload } from './workload-objects.ts';

type Done = z.infer<typeof workloadDoneSchema>;

/** The annotation of the template by which kubectl restarts as well. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const pods = (count: number) => (count === 1 ? '1 pod' : `${count} pods`);

/** Where autoscalers may not be seen none is taken to be there: the cluster decides what is done. */
async function visibleAutoscalers(cluster: Cluster, at: WorkloadAddress, signal: AbortSignal) {
  try {
    return await autoscalersOf(cluster, at, signal);
  } catch (error) {
    if (error instanceof ClusterError && (error.code === 'forbidden' || error.code === 'not_found'))
      return [];
    throw error;
  }
}

interface Live {
  workload: ClusterObject;
  autoscalers: readonly ClusterObject[];
  facts: WorkloadFacts;
}

async function look(cluster: Cluster, at: WorkloadAddress, signal: AbortSignal): Promise<Live> {
  const { namespace, name: workloadName } = at;
  const [workload, autoscalers] = await Promise.all([
    cluster.read(workloadRef({ namespace, workloadName }), signal),
    visibleAutoscalers(cluster, at, signal),
  ]);
  if (!workload) throw noSuchWorkload();
  const facts = {
    isPaused: fieldAt(workload, 'spec', 'paused') === true,
    desired: numberAt(workload, 'spec', 'replicas') ?? 1,
    autoscalers: autoscalers.map(autoscalerView),
  };
  return { workload, autoscalers, facts };
}

/** The metrics of an autoscaler with other targets. A list that is applied as a whole: the rest stays as it was read. */
function retargeted(autoscaler: ClusterObject, targets: readonly { metric: string; target: string }[]) {
  const wanted = new Map(targets.map(({ metric, target }) => [metric, target]));
  const metrics = recordsAt(autoscaler, 'spec', 'metrics').map((metric): JsonRecord => {
    const place = targetPlace(metric);
    const target = place && wanted.get(place.key);
    if (!place || target === undefined || target === null) return metric;
    wanted.delete(place.key);
    const [field] = place.path;
    const value = place.field === 'averageUtilization' ? Number(target) : target;
    if (place.field === 'averageUtilization' && !Number.isInteger(value))
      throw new AppError('invalid', `The target of ${place.says} is a whole percentage.`);
    const source = recordAt(metric, field);
    return {
      ...metric,
      [field]: { ...source, target: { ...recordAt(source, 'target'), [place.field]: value } },
    };
  });
  const [unknown] = wanted.keys();
  if (unknown !== undefined)
    throw new AppError('conflict', `The autoscaler measures no ${unknown} any more.`);
  return metrics;
}

/** Limits and targets as the ledger tells them. */
function settingsOf(autoscaler: ClusterObject): Done['before'] {
  const { name, minReplicas, maxReplicas, metrics } = autoscalerView(autoscaler);
  const targets = metrics.map(({ says, target }) => `${says}: ${target}`).join('; ');
  return { autoscaler: name, minReplicas, maxReplicas, targets };
}

async function setAutoscaler(
  cluster: Cluster,
  { live, at, act }: { live: Live; at: WorkloadAddress; act: Extract<WorkloadAct, { is: 'setAutoscaler' }> },
  signal: AbortSignal,
): Promise<Done> {
  const autoscaler = live.autoscalers.find(({ metadata }) => metadata.name === act.autoscaler);
  if (!autoscaler) throw new AppError('not_found', `No autoscaler ${act.autoscaler} scales this workload.`);
  const { minReplicas = 1, maxReplicas = 1 } = recordAt(autoscaler, 'spec');
  const limits = {
    minReplicas: act.minReplicas ?? Number(minReplicas),
    maxReplicas: act.maxReplicas ?? Number(maxReplicas),
  };
  if (limits.minReplicas > limits.maxReplicas)
    throw new AppError(
      'invalid',
      `At most ${limits.maxReplicas} is less than at least ${limits.minReplicas}.`,
    );
  const metrics = act.targets.length > 0 ? { metrics: retargeted(autoscaler, act.targets) } : {};
  // Of the version that was read: what somebody else changes meanwhile is not lost.
  const { resourceVersion } = autoscaler.metadata;
  const body = { metadata: { resourceVersion }, spec: { ...limits, ...metrics } };
  const ref = autoscalerRef(at.namespace, act.autoscaler);
  const after = await cluster.patch(ref, { form: 'merge', body }, { dryRun: false }, signal);
  const says = `${act.autoscaler} keeps it between ${limits.minReplicas} and ${limits.maxReplicas} pods.`;
  return { before: settingsOf(autoscaler), after: settingsOf(after), says };
}

/**
 * Does one thing to a workload, by a patch and never by replacing it (deployment S-09).
 *
 * @throws AppError `conflict` with the words of the disabled button; ClusterError
 */
export async function actOnWorkload(
  cluster: Cluster,
  at: WorkloadAddress,
  act: WorkloadAct,
  signal: AbortSignal,
): Promise<Done> {
  const live = await look(cluster, at, signal);
  const { facts } = live;
  const ability = act.is === 'scale' ? mayScaleTo(facts, act.replicas) : workloadCan(facts, act.is);
  if (!ability.allowed) throw new AppError('conflict', ability.reason);
  const ref = workloadRef({ namespace: at.namespace, workloadName: at.name });
  switch (act.is) {
    case 'restart': {
      const restartedAt = new Date(act.atMs).toISOString();
      const template = { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } };
      const body = { spec: { template } };
      await cluster.patch(ref, { form: 'strategic', body }, { dryRun: false }, signal);
      return { before: {}, after: { restartedAt }, says: 'Its pods are replaced one after the other.' };
    }
    case 'scale': {
      const patch = { form: 'merge', body: { spec: { replicas: act.replicas } } } as const;
      await cluster.patch(ref, patch, { dryRun: false, subresource: 'scale' }, signal);
      const after = { replicas: act.replicas };
      return { before: { replicas: facts.desired }, after, says: `It is scaled to ${pods(act.replicas)}.` };
    }
    case 'pause':
    case 'resume': {
      const paused = act.is === 'pause';
      const body = { spec: { paused: paused || null } };
      await cluster.patch(ref, { form: 'merge', body }, { dryRun: false }, signal);
      const says = paused
        ? 'It is paused: what changes is not rolled out.'
        : 'It rolls out what has changed.';
      return { before: { paused: facts.isPaused }, after: { paused }, says };
    }
    case 'setAutoscaler':
      return setAutoscaler(cluster, { live, at, act }, signal);
  }
}
