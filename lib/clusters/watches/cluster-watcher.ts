import type { Clock } from '#lib/kernel/clock.ts';
import type { AgentPlace, ClusterWatch } from '#lib/model/cluster-agent.ts';
import type { Cluster, ClusterObject, ObjectKind } from '#lib/ports/cluster/port.ts';
import { type FoundAgent, foundAgents } from '../discovery/found-agents.ts';
import { groupOf, KNOWN_KINDS, type KnownKind } from '../discovery/known-kinds.ts';
import { type SeenPod, seenPod } from '../discovery/seen-pod.ts';
import { type SeenSource, seenSource } from '../discovery/seen-source.ts';
import { type SeenWorkload, seenWorkload } from '../discovery/seen-workload.ts';
import { type PlaceWatch, watchPlace } from './place-watch.ts';

/** Which kinds are served, and at which version, is asked again after this (7.3, 1). Milliseconds. */
const KINDS_EVERY_MS = 10 * 60_000;
/** And after this where a kind has gone, or the cluster did not say. */
const KINDS_AGAIN_MS = 30_000;
/** What is there is told once everything was heard of, or after this. */
const SETTLE_MS = 10_000;

type Seen =
  | { role: 'pod'; pod: SeenPod }
  | { role: 'workload'; workload: SeenWorkload }
  | { role: 'source'; source: SeenSource };

interface WatcherParts {
  cluster: Cluster;
  namespaces: readonly string[];
  clock: Clock;
  /** What is found, or how current it is, may be different now. */
  onChanged(): void;
}

const roleOf = ({ apiVersion, kind }: ObjectKind): KnownKind['role'] | undefined =>
  KNOWN_KINDS.find((known) => known.kind === kind && known.group === groupOf(apiVersion))?.role;

function readAs(role: KnownKind['role']): (object: ClusterObject) => Seen | null {
  return (object) => {
    if (role === 'pod') {
      const pod = seenPod(object);
      return pod && { role, pod };
    }
    if (role === 'workload') {
      const workload = seenWorkload(object);
      return workload && { role, workload };
    }
    const source = seenSource(object);
    return source && { role, source };
  };
}

const placeKey = ({ apiVersion, kind }: ObjectKind, namespace: string) =>
  `${namespace}\n${apiVersion}\n${kind}`;

/**
 * Watches one cluster: of each known kind that it serves one watch in each namespace, and keeps of what they tell
 * what speaks of agents (deployment S-84).
 */
export class ClusterWatcher {
  readonly #parts: WatcherParts;
  readonly #places = new Map<string, PlaceWatch<Seen>>();
  readonly #startedMs: number;
  /** Known kinds that the cluster serves of each group; without those groups that it said nothing of yet. */
  readonly #served = new Map<string, readonly ObjectKind[]>();
  #askAtMs = 0;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.now();
  }

  /**
   * Asks which kinds are served where that is due, and watches what is new or served at another version.
   *
   * @param isAsked somebody wants to know now
   * @throws ClusterError where the cluster does not say; it is asked again later
   */
  async refreshKinds(isAsked: boolean, signal: AbortSignal): Promise<void> {
    const { cluster, clock } = this.#parts;
    const nowMs = clock.now();
    if (nowMs < this.#askAtMs && !isAsked) return;
    this.#askAtMs = nowMs + KINDS_AGAIN_MS;
    const groups = [...new Set(KNOWN_KINDS.map(({ group }) => group))];
    const answers = await Promise.allSettled(groups.map((group) => cluster.kindsOf(group, signal)));
    for (const [index, answer] of answers.entries())
      if (answer.status === 'fulfilled')
        this.#served.set(
          groups[index] ?? '',
          answer.value.filter((kind) => roleOf(kind) !== undefined),
        );
    this.#watchServed();
    // A group whose server is away stands in the way of no other.
    const refused = answers.filter((answer) => answer.status === 'rejected');
    if (refused.length === groups.length) throw refused[0]?.reason;
    if (refused.length === 0) this.#askAtMs = nowMs + KINDS_EVERY_MS;
  }

  #watchServed(): void {
    const { namespaces } = this.#parts;
    const wanted = [...this.#served.values()]
      .flat()
      .flatMap((kind) =>
        namespaces.map((namespace) => [placeKey(kind, namespace), kind, namespace] as const),
      );
    const keys = new Set(wanted.map(([key]) => key));
    for (const [key, place] of this.#places) {
      if (keys.has(key)) continue;
      place.stop();
      this.#places.delete(key);
    }
    for (const [key, kind, namespace] of wanted)
      if (!this.#places.has(key)) this.#places.set(key, this.#watch(kind, namespace));
    this.#parts.onChanged();
  }

  #watch(kind: ObjectKind, namespace: string): PlaceWatch<Seen> {
    const { cluster, clock, onChanged } = this.#parts;
    const onUnknown = () => {
      this.#askAtMs = Math.min(this.#askAtMs, clock.now() + KINDS_AGAIN_MS);
    };
    return watchPlace(
      { cluster, kind, namespace, clock, onChanged, onUnknown },
      readAs(roleOf(kind) ?? 'source'),
    );
  }

  /** Everything was heard of, or long enough waited for. */
  isSettled(): boolean {
    if (this.#served.size === 0) return false;
    const all = [...this.#places.values()];
    return all.every((place) => place.isSettled()) || this.#parts.clock.now() >= this.#startedMs + SETTLE_MS;
  }

  found(): FoundAgent[] {
    const seen = [...this.#places.values()].flatMap((place) => [...place.seen.values()]);
    return foundAgents({
      pods: seen.flatMap((each) => (each.role === 'pod' ? each.pod : [])),
      workloads: seen.flatMap((each) => (each.role === 'workload' ? each.workload : [])),
      sources: seen.flatMap((each) => (each.role === 'source' ? each.source : [])),
    });
  }

  /**
   * Whether an agent that is not found is known to be gone: its kind was read as a whole, or is not served any more, or
   * its namespace is none of ours. What cannot be seen is not gone.
   */
  isGone({ namespace, group, kind }: AgentPlace): boolean {
    if (!this.#parts.namespaces.includes(namespace)) return true;
    const kinds = this.#served.get(group);
    if (!kinds) return false;
    const served = kinds.find((each) => each.kind === kind);
    if (!served) return true;
    return this.#places.get(placeKey(served, namespace))?.isCurrent() ?? false;
  }

  states(): ClusterWatch[] {
    return [...this.#places.values()].map((place) => place.state());
  }

  stop(): void {
    for (const place of this.#places.values()) place.stop();
    this.#places.clear();
  }
}
