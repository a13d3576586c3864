import { containerTrouble, DEFAULT_PATIENCE } from '#lib/deployments/rollout/container-trouble.ts';
import { unschedulable } from '#lib/deployments/rollout/diagnose-pods.ts';
import { cutText } from '#lib/model/cut-text.ts';
import { fieldAt, type JsonRecord, numberAt, recordsAt, textAt, timeAt } from '#lib/model/json-fields.ts';
import type { PodView } from '#lib/model/workload.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

const LISTS = ['initContainerStatuses', 'containerStatuses'] as const;

function containersOf(pod: ClusterObject): { status: JsonRecord; isInit: boolean }[] {
  return LISTS.flatMap((list) =>
    recordsAt(pod, 'status', list).map((status) => ({ status, isInit: list === 'initContainerStatuses' })),
  );
}

function isReady(pod: ClusterObject): boolean {
  const ready = recordsAt(pod, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Ready',
  );
  return textAt(ready, 'status') === 'True';
}

/** What is wrong with the containers of a pod, the first of them. */
function troubleOf(pod: ClusterObject, nowMs: number): string | null {
  for (const { status, isInit } of containersOf(pod)) {
    const trouble = containerTrouble(status, isInit, DEFAULT_PATIENCE, nowMs);
    if (trouble) return `Container ${textAt(status, 'name')} ${trouble.words}.`;
  }
  return null;
}

/** A pod that has ended for good: evicted, for one. */
function endOf(pod: ClusterObject): string {
  const reason = textAt(pod, 'status', 'reason');
  const message = textAt(pod, 'status', 'message');
  const why = [reason, message].filter(Boolean).join(': ');
  return why ? `It has ended. ${cutText(why, 500)}` : 'It has ended.';
}

function stateOf(pod: ClusterObject, nowMs: number): Pick<PodView, 'state' | 'says'> {
  if (pod.metadata.deletionTimestamp) return { state: 'ending', says: 'It is ending.' };
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return { state: 'ended', says: endOf(pod) };
  const trouble = unschedulable(pod)?.message ?? troubleOf(pod, nowMs);
  if (trouble) return { state: 'failing', says: trouble };
  if (isReady(pod)) return { state: 'ready', says: 'Ready.' };
  const isRunning = containersOf(pod).some(({ status }) => fieldAt(status, 'state', 'running') !== undefined);
  const says = isRunning ? 'It runs and is not ready yet.' : 'Its containers are being made.';
  return { state: 'starting', says };
}

/** A pod as people see it: how it is and why, in words. */
export function podView(pod: ClusterObject, isCurrent: boolean, nowMs: number): PodView {
  const containers = containersOf(pod).map(({ status, isInit }) => ({
    name: textAt(status, 'name') ?? '',
    image: textAt(status, 'image') ?? '',
    isInit,
    isReady: fieldAt(status, 'ready') === true,
    restarts: numberAt(status, 'restartCount') ?? 0,
    hasPrevious: fieldAt(status, 'lastState', 'terminated') !== undefined,
  }));
  return {
    name: pod.metadata.name,
    ...stateOf(pod, nowMs),
    isCurrent,
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    node: textAt(pod, 'spec', 'nodeName'),
    startedAt: timeAt(pod, 'status', 'startTime'),
    containers,
  };
}
