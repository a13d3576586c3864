import { setImmediate } from 'node:timers/promises';
import type { KubeObject } from '../objects.ts';
import type { Node } from '../pods/node.ts';
import { StatusError } from '../status-error.ts';
import {
  type ClusterState,
  DAEMON_SETS,
  DEPLOYMENTS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
} from '../storage/state.ts';
import { reconcileDaemonSet } from './daemon-set.ts';
import { reconcileDeployment } from './deployment.ts';
import { collectGarbage } from './garbage.ts';
import { reconcileReplicaSet } from './replica-set.ts';
import { reconcileStatefulSet } from './stateful-set.ts';
import { WorkQueue } from './work-queue.ts';
import type { Deployment, Pod, ReplicaSet, Workload } from './workloads.ts';

/**
 * Runs the controllers and the node after every change, one small step at a time, with the event loop's turn
 * between the steps: whoever watches sees the states in between, as on a real cluster, only faster.
 */
export class ControllerManager {
  readonly #state: ClusterState;
  readonly #node: Node;
  readonly #queue: WorkQueue;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(state: ClusterState, node: Node) {
    this.#state = state;
    this.#node = node;
    this.#queue = new WorkQueue(state);
    state.store.onChange((change) => {
      this.#queue.add(change);
      this.#wake();
    });
  }

  /** Time passed, or pods behave differently from now on. */
  lookAtAll(): void {
    this.#queue.addAll();
    this.#wake();
  }

  /** Resolves when nothing is left to do at this time of the cluster. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Controllers and node do nothing until `start`: generations run ahead of what is observed (deployment S-17). */
  stop(): void {
    this.#isStopped = true;
  }

  start(): void {
    this.#isStopped = false;
    this.#wake();
  }

  #wake(): void {
    if (!this.#isStopped) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    do {
      await setImmediate();
      if (!this.#isStopped) this.#step();
    } while (!this.#queue.isEmpty && !this.#isStopped);
    this.#running = null;
  }

  #step(): void {
    const state = this.#state;
    if (this.#queue.takeDeletions()) collectGarbage(state);
    const due = this.#queue.take();
    attempt(due(DEPLOYMENTS), (object) => reconcileDeployment(state, object as Deployment));
    attempt(due(REPLICA_SETS), (object) => reconcileReplicaSet(state, object as ReplicaSet));
    attempt(due(STATEFUL_SETS), (object) => reconcileStatefulSet(state, object as Workload));
    attempt(due(DAEMON_SETS), (object) => reconcileDaemonSet(state, object as Workload));
    for (const pod of due(PODS)) this.#node.step(pod as Pod);
  }
}

/** A refusal (a quota, for one) ends the work on one object; it is tried again when something changes. */
function attempt(objects: readonly KubeObject[], reconcile: (object: KubeObject) => void): void {
  for (const object of objects.filter(({ metadata }) => !metadata.deletionTimestamp)) {
    try {
      reconcile(object);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }
}
