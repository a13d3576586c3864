import { lookAtWorkload, type WorkloadLook } from '#lib/deployments/rollout/look-at-workload.ts';
import { ownedBy } from '#lib/deployments/rollout/replica-sets.ts';
import { rolloutStatus } from '#lib/deployments/rollout/rollout-status.ts';
import { workloadEvents } from '#lib/deployments/rollout/workload-events.ts';
import { workloadHealth } from '#lib/deployments/rollout/workload-health.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { gitOpsOwner, revertWarning } from '#lib/model/git-ops-owner.ts';
import { fieldAt } from '#lib/model/json-fields.ts';
import type { PodView, WorkloadAddress, WorkloadReading } from '#lib/model/workload.ts';
import {
  type AccessQuestion,
  type Cluster,
  ClusterError,
  type ClusterObject,
  type ObjectKind,
} from '#lib/ports/cluster/port.ts';
import { workloadRef } from '../deploy/workload-object.ts';
import { autoscalerView } from './autoscaler-view.ts';
import { podView } from './pod-view.ts';
import { autoscalersOf, type ClusterSource, noSuchWorkload, toldError } from './workload-objects.ts';

const EVENTS: ObjectKind = { apiVersion: 'v1', kind: 'Event', plural: 'events' };
const MOST_PODS = 200;
const MOST_EVENTS = 50;
/** A reading serves everybody who asks within so long, milliseconds: many may look at one page. */
const FRESH_MS = 2000;
/** The web gives up after 5 s; a reading ends before. */
const READ_MS = 4500;
/** How long what the cluster said of our rights counts, milliseconds (deployment S-73). */
const RIGHTS_MS = 60_000;

const RIGHTS = {
  readLogs: { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  change: { verb: 'patch', group: 'apps', resource: 'deployments' },
  scale: { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' },
  setAutoscaler: { verb: 'patch', group: 'autoscaling', resource: 'horizontalpodautoscalers' },
} as const satisfies Record<string, Omit<AccessQuestion, 'namespace'>>;

type Rights = WorkloadReading['rights'];

async function askRights(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<Rights> {
  const names = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];
  const answers = await cluster.mayI(
    names.map((name) => ({ ...RIGHTS[name], namespace })),
    signal,
  );
  return Object.fromEntries(
    names.map((name, index) => [name, answers[index] ?? { isAllowed: false, reason: null }]),
  ) as Rights;
}

/** What may not be read, or is not served there, is unknown and says why; the rest is shown all the same. */
async function orUnknown(
  asked: Promise<readonly ClusterObject[]>,
): Promise<{ objects: readonly ClusterObject[]; unknown: string | null }> {
  try {
    return { objects: await asked, unknown: null };
  } catch (error) {
    if (!(error instanceof ClusterError) || (error.code !== 'forbidden' && error.code !== 'not_found'))
      throw error;
    return { objects: [], unknown: error.message };
  }
}

/** Pods that need somebody first, then those of the wanted version. */
const ORDER = ['failing', 'starting', 'ready', 'ending', 'ended'];
function inOrder(a: PodView, b: PodView): number {
  const byState = ORDER.indexOf(a.state) - ORDER.indexOf(b.state);
  return byState || Number(b.isCurrent) - Number(a.isCurrent) || a.name.localeCompare(b.name);
}

/** The pods that belong to a workload by their owners; labels alone would show those of somebody else. */
export function podsOf({ replicaSets, pods }: WorkloadLook): ClusterObject[] {
  return replicaSets.flatMap((set) => ownedBy(set, pods));
}

function podViews(look: WorkloadLook, nowMs: number): PodView[] {
  const current = new Set(look.newest ? ownedBy(look.newest, look.pods) : []);
  return podsOf(look)
    .map((pod) => podView(pod, current.has(pod), nowMs))
    .sort(inOrder);
}

async function read(
  cluster: Cluster,
  at: WorkloadAddress,
  rights: Rights,
  nowMs: number,
): Promise<WorkloadReading> {
  const signal = AbortSignal.timeout(READ_MS);
  const { namespace, name: workloadName } = at;
  const [look, events, autoscalers] = await Promise.all([
    lookAtWorkload(cluster, workloadRef({ namespace, workloadName }), signal),
    orUnknown(cluster.list({ kind: EVENTS, namespace }, {}, signal)),
    orUnknown(autoscalersOf(cluster, at, signal)),
  ]);
  if (!look) throw noSuchWorkload();
  const { workload } = look;
  const status = rolloutStatus(workload, null);
  const { terminating: _, ...replicas } = status.replicas;
  const pods = podViews(look, nowMs);
  const about = [workload, ...look.replicaSets, ...podsOf(look), ...autoscalers.objects];
  const owner = gitOpsOwner(workload) ?? autoscalers.objects.map(gitOpsOwner).find((found) => found) ?? null;
  return {
    says: status.message,
    health: workloadHealth(workload),
    isPaused: fieldAt(workload, 'spec', 'paused') === true,
    replicas,
    pods: pods.slice(0, MOST_PODS),
    podsLeftOut: Math.max(0, pods.length - MOST_PODS),
    events: workloadEvents(events.objects, about).slice(0, MOST_EVENTS),
    eventsUnknown: events.unknown,
    autoscalers: autoscalers.objects.map(autoscalerView),
    autoscalersUnknown: autoscalers.unknown,
    revertWarning: owner && revertWarning(owner),
    rights,
    readAt: nowMs,
  };
}

/** Reads workloads, each once for everybody who asks at about the same time (deployment S-84). */
export interface WorkloadReader {
  /** @throws AppError in words for whoever asked */
  read(at: WorkloadAddress): Promise<WorkloadReading>;
  /** It was changed: the next one who asks is shown what it is now. */
  forget(at: WorkloadAddress): void;
}

export function createWorkloadReader(clusters: ClusterSource, clock: Clock): WorkloadReader {
  const readings = new Map<string, { atMs: number; reading: Promise<WorkloadReading> }>();
  const rights = new Map<string, { atMs: number; rights: Promise<Rights> }>();
  const keyOf = ({ teamId, clusterId, namespace, name }: WorkloadAddress) =>
    [teamId, clusterId, namespace, name].join('/');

  /** Forgets what is old, so that nothing grows. */
  function prune<Kept extends { atMs: number }>(kept: Map<string, Kept>, maxMs: number): void {
    for (const [key, { atMs }] of kept) if (clock.now() - atMs >= maxMs) kept.delete(key);
  }

  function rightsIn(cluster: Cluster, { teamId, clusterId, namespace }: WorkloadAddress): Promise<Rights> {
    prune(rights, RIGHTS_MS);
    const key = [teamId, clusterId, namespace].join('/');
    const known = rights.get(key);
    if (known) return known.rights;
    const asked = askRights(cluster, namespace, AbortSignal.timeout(READ_MS));
    rights.set(key, { atMs: clock.now(), rights: asked });
    asked.catch(() => rights.delete(key));
    return asked;
  }

  async function readNow(at: WorkloadAddress): Promise<WorkloadReading> {
    try {
      const cluster = await clusters.get(at.teamId, at.clusterId);
      return await read(cluster, at, await rightsIn(cluster, at), clock.now());
    } catch (error) {
      throw toldError(error);
    }
  }

  return {
    read(at) {
      prune(readings, FRESH_MS);
      const key = keyOf(at);
      const known = readings.get(key);
      if (known) return known.reading;
      const reading = readNow(at);
      readings.set(key, { atMs: clock.now(), reading });
      reading.catch(() => readings.delete(key));
      return reading;
    },
    forget: (at) => void readings.delete(keyOf(at)),
  };
}
