import { tellEvent } from '../controllers/acting.ts';
import type { ContainerStatus, Pod } from '../controllers/workloads.ts';
import { LogStore } from '../logs/log-store.ts';
import { isSame } from '../objects.ts';
import { type ClusterState, PODS } from '../storage/state.ts';
import { creating, running, unschedulable } from './pod-status.ts';
import type { Scripts } from './script.ts';

const NODE = 'node-1';

function put(state: ClusterState, pod: Pod, status: Pod['status'], nodeName = pod.spec.nodeName): void {
  const spec = { ...pod.spec, ...(nodeName && { nodeName }) };
  const next = { ...pod, spec, status };
  if (!isSame(pod, next)) state.store.put(PODS, next);
}

function statusesOf(status: Pod['status']): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** The node that runs every pod: statuses by the scripts of their images, logs, and events about trouble. */
export class Node {
  readonly #state: ClusterState;
  readonly #scripts: Scripts;
  readonly #logs: LogStore;

  constructor(state: ClusterState, scripts: Scripts, logs: LogStore) {
    this.#state = state;
    this.#scripts = scripts;
    this.#logs = logs;
  }

  /** Brings a pod one step further: to the node, then to what its script says; or away. */
  step(pod: Pod): void {
    if (pod.metadata.deletionTimestamp) this.#remove(pod);
    else if (!pod.spec.nodeName) this.#schedule(pod);
    else this.#run(pod);
  }

  #schedule(pod: Pod): void {
    const nowMs = this.#state.now();
    const refused = unschedulable(pod, this.#scripts, nowMs);
    if (refused) this.#refuse(pod, refused);
    else put(this.#state, pod, creating(pod, nowMs), NODE);
  }

  #run(pod: Pod): void {
    const status = running(pod, this.#scripts, this.#state.now());
    for (const container of statusesOf(status)) this.#follow(pod, container);
    put(this.#state, pod, status);
  }

  #remove(pod: Pod): void {
    if (pod.metadata.finalizers?.length) return;
    this.#state.store.remove(PODS, pod);
    this.#logs.forget(pod.metadata.namespace ?? '', pod.metadata.name);
  }

  #refuse(pod: Pod, status: Pod['status']): void {
    const isNew = !pod.status?.conditions;
    put(this.#state, pod, status);
    const message = status?.conditions?.[0]?.message ?? '';
    if (isNew)
      tellEvent(this.#state, pod, {
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        component: 'default-scheduler',
      });
  }

  /** Writes the logs and events of what changed about a container. */
  #follow(pod: Pod, now: ContainerStatus): void {
    const before = statusesOf(pod.status).find(({ name }) => name === now.name);
    const script = this.#scripts.of(now.image);
    const lines = 'log' in script ? (script.log ?? []) : [];
    const key = LogStore.key(pod.metadata.namespace ?? '', pod.metadata.name, now.name);
    const write = () => {
      for (const text of lines) this.#logs.write(key, this.#state.now(), text);
    };
    for (let crash = before?.restartCount ?? 0; crash < now.restartCount; crash += 1) {
      write();
      this.#logs.restart(key);
    }
    if (script.is === 'ready' && now.state.running && !before?.state.running) write();
    const reason = now.state.waiting?.reason ?? '';
    if (!reason || reason === 'ContainerCreating' || reason === before?.state.waiting?.reason) return;
    const isCrash = reason === 'CrashLoopBackOff';
    const message = isCrash
      ? `Back-off restarting failed container ${now.name} in pod ${pod.metadata.name}`
      : (now.state.waiting?.message ?? '');
    tellEvent(this.#state, pod, {
      type: 'Warning',
      reason: isCrash ? 'BackOff' : 'Failed',
      message,
      component: 'kubelet',
    });
  }
}
