import { setImmediate } from 'node:timers/promises';
import type { KubeObject } from '../objects.ts';
import type { Node } from '../pods/node.ts';
import { StatusError } from '../status-error.ts';
import type { Kind } from '../storage/kinds.ts';
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
import type { Deployment, Pod, ReplicaSet, Workload } from './workloads.ts';

/**
 * Runs the controllers and the node after every change, one small step at a time, with the event loop's turn
 * between the steps: whoever watches sees the states in between, as on a real cluster, only faster.
 */
export class ControllerManager {
  readonly #state: ClusterState;
  readonly #node: Node;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;

  constructor(state: ClusterState, node: Node) {
    this.#state = state;
    this.#node = node;
    state.store.onChange(() => this.wake());
  }

  /** Something changed, or time passed. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#isStopped) this.#running ??= this.#run();
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
    if (this.#isWanted) this.wake();
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      await setImmediate();
      if (this.#isStopped) break;
      this.#isWanted = false;
      this.#step();
    }
    this.#running = null;
  }

  #step(): void {
    const state = this.#state;
    collectGarbage(state);
    this.#each(DEPLOYMENTS, (object) => reconcileDeployment(state, object as Deployment));
    this.#each(REPLICA_SETS, (object) => reconcileReplicaSet(state, object as ReplicaSet));
    this.#each(STATEFUL_SETS, (object) => reconcileStatefulSet(state, object as Workload));
    this.#each(DAEMON_SETS, (object) => reconcileDaemonSet(state, object as Workload));
    this.#each(PODS, (object) => this.#node.step(object as Pod));
  }

  /** A refusal (a quota, for one) ends the work on one object; it is tried again at the next step. */
  #each(kind: Kind, reconcile: (object: KubeObject) => void): void {
    for (const object of this.#state.store.list(kind)) {
      if (kind !== PODS && object.metadata.deletionTimestamp) continue;
      try {
        reconcile(object);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
  }
}
