import { controllerOf, type KubeObject } from '../objects.ts';
import type { Kind } from '../storage/kinds.ts';
import { type ClusterState, QUOTAS, REPLICA_SETS } from '../storage/state.ts';
import type { Change } from '../storage/store.ts';

/** Which objects the controllers have to look at, by their uid. */
export class WorkQueue {
  readonly #state: ClusterState;
  #uids = new Set<string>();
  #isAll = true;
  #hasDeletions = false;

  constructor(state: ClusterState) {
    this.#state = state;
  }

  get isEmpty(): boolean {
    return this.#uids.size === 0 && !this.#isAll && !this.#hasDeletions;
  }

  /** Time passed, or pods behave differently: everything may be due. */
  addAll(): void {
    this.#isAll = true;
  }

  /** What changed, and whoever owns it; where quotas are, also who waits for room. */
  add({ kind, object, isDeletion }: Change): void {
    this.#uids.add(object.metadata.uid ?? '');
    const owner = controllerOf(object);
    if (owner) this.#uids.add(owner.uid);
    this.#hasDeletions ||= isDeletion;
    const { namespace } = object.metadata;
    const mayMakeRoom = kind === QUOTAS || isDeletion;
    if (!mayMakeRoom || this.#state.store.list(QUOTAS, namespace).length === 0) return;
    for (const set of this.#state.store.list(REPLICA_SETS, namespace)) this.#uids.add(set.metadata.uid ?? '');
  }

  /** Whether something was deleted since it was last asked: what that owned may have to go. */
  takeDeletions(): boolean {
    const has = this.#hasDeletions;
    this.#hasDeletions = false;
    return has;
  }

  /** Takes what there is to do; what comes meanwhile is for the next time. */
  take(): (kind: Kind) => KubeObject[] {
    const [uids, isAll] = [this.#uids, this.#isAll];
    this.#uids = new Set();
    this.#isAll = false;
    return (kind) =>
      this.#state.store.list(kind).filter(({ metadata }) => isAll || uids.has(metadata.uid ?? ''));
  }
}
