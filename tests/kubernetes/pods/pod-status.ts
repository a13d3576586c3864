import { withCondition } from '../controllers/conditions.ts';
import type { Condition, Container, ContainerStatus, Pod } from '../controllers/workloads.ts';
import { timestamp } from '../objects.ts';
import { containerStatus, doneStatus } from './container-status.ts';
import type { Scripts } from './script.ts';

const NO_NODE = '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available.';

function conditionsOf(pod: Pod, flags: Record<string, boolean>, nowMs: number): Condition[] {
  const time = timestamp(nowMs);
  return Object.entries(flags).reduce<Condition[]>(
    (conditions, [type, isTrue]) =>
      withCondition(conditions, { type, status: isTrue ? 'True' : 'False' }, time),
    pod.status?.conditions ?? [],
  );
}

/** Init containers run one after the other; the first that is not done keeps the rest from starting. */
function initStatuses(
  containers: Container[],
  scripts: Scripts,
  about: Parameters<typeof containerStatus>[2],
) {
  const statuses: ContainerStatus[] = [];
  for (const container of containers) {
    const script = scripts.of(container.image);
    const isDone = script.is === 'ready' && about.nowMs - about.startMs >= (script.afterMs ?? 0);
    statuses.push(isDone ? doneStatus(container, about.startMs) : containerStatus(container, script, about));
    if (!isDone) return { statuses, isDone: false };
  }
  return { statuses, isDone: true };
}

/** Null: it can be scheduled; else the status of a pod that no node takes. */
export function unschedulable(pod: Pod, scripts: Scripts, nowMs: number): Pod['status'] | null {
  const script = pod.spec.containers
    .map(({ image }) => scripts.of(image))
    .find((one) => one.is === 'unschedulable');
  if (!script) return null;
  const message = script.message ?? NO_NODE;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const conditions = withCondition(pod.status?.conditions ?? [], condition, timestamp(nowMs));
  return { phase: 'Pending', conditions };
}

/** A pod that a node has just taken: nothing runs yet. */
export function creating(pod: Pod, nowMs: number): Pod['status'] {
  const status = ({ name, image }: Container): ContainerStatus => ({
    ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0, lastState: {} },
    state: { waiting: { reason: 'ContainerCreating' } },
  });
  const flags = { PodScheduled: true, Initialized: false, ContainersReady: false, Ready: false };
  return {
    phase: 'Pending',
    startTime: timestamp(nowMs),
    conditions: conditionsOf({ ...pod, status: { phase: 'Pending' } }, flags, nowMs),
    containerStatuses: pod.spec.containers.map(status),
  };
}

/** What a node says of a pod that it runs, by the scripts of its images. */
export function running(pod: Pod, scripts: Scripts, nowMs: number): Pod['status'] {
  const startMs = Date.parse(pod.status?.startTime ?? '');
  const about = { name: pod.metadata.name, startMs, nowMs };
  const init = initStatuses(pod.spec.initContainers ?? [], scripts, about);
  const containerStatuses = init.isDone
    ? pod.spec.containers.map((container) => containerStatus(container, scripts.of(container.image), about))
    : (creating(pod, startMs)?.containerStatuses ?? []);
  const isStarted = containerStatuses.some(({ state, lastState }) => state.running ?? lastState.terminated);
  const isReady = containerStatuses.every(({ ready }) => ready);
  const flags = { PodScheduled: true, Initialized: init.isDone, ContainersReady: isReady, Ready: isReady };
  return {
    phase: isStarted ? 'Running' : 'Pending',
    startTime: pod.status?.startTime,
    conditions: conditionsOf(pod, flags, nowMs),
    containerStatuses,
    ...(init.statuses.length > 0 && { initContainerStatuses: init.statuses }),
  };
}
