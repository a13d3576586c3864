import type { Clock } from '#lib/kernel/clock.ts';
import type { ClusterWatch } from '#lib/model/cluster-agent.ts';
import type {
  AccessQuestion,
  Cluster,
  ClusterError,
  ClusterObject,
  ObjectKind,
} from '#lib/ports/cluster/port.ts';
import { groupOf } from '../discovery/known-kinds.ts';

const ASK_MS = 10_000;
/** What it takes to see a kind. */
const VERBS = ['list', 'watch'];

interface PlaceParts {
  cluster: Cluster;
  kind: ObjectKind;
  namespace: string;
  clock: Clock;
  /** Something is different now: what is there, or how current it is. */
  onChanged(): void;
  /** The kind is no longer served. */
  onUnknown(): void;
}

const keyOf = ({ metadata }: ClusterObject): string => metadata.uid ?? metadata.name;

/** One kind in one namespace: what is there as far as it is of use, and how current that is. */
export interface PlaceWatch<Seen> {
  readonly kind: ObjectKind;
  readonly namespace: string;
  readonly seen: ReadonlyMap<string, Seen>;
  /** Everything that is there is in `seen`, and nothing else. */
  isCurrent(): boolean;
  /** It was heard of once, or is known to fail. */
  isSettled(): boolean;
  state(): ClusterWatch;
  stop(): void;
}

/** Which of the verbs the credentials lack; none where the cluster does not say. */
async function missingVerbs({ cluster, kind, namespace }: PlaceParts): Promise<string[]> {
  const resource = { group: groupOf(kind.apiVersion), resource: kind.plural, namespace };
  const questions = VERBS.map((verb): AccessQuestion => ({ verb, ...resource }));
  const answers = await cluster.mayI(questions, AbortSignal.timeout(ASK_MS));
  return VERBS.filter((_, index) => answers[index]?.isAllowed === false);
}

/**
 * Watches one kind in one namespace and keeps of each object what `read` makes of it. A refusal concerns this kind alone
 * and says what is missing; it is tried again, since rights are granted while we run (7.3, 2).
 *
 * @param read null: not of use
 */
export function watchPlace<Seen>(
  parts: PlaceParts,
  read: (object: ClusterObject) => Seen | null,
): PlaceWatch<Seen> {
  const { cluster, kind, namespace, clock, onChanged, onUnknown } = parts;
  const startedMs = clock.now();
  const seen = new Map<string, Seen>();
  let [isListed, isStopped] = [false, false];
  let stale: { sinceMs: number; error: ClusterError | null } | null = null;
  let missing: string[] = [];

  function take(object: ClusterObject): void {
    const made = read(object);
    if (made === null) seen.delete(keyOf(object));
    else seen.set(keyOf(object), made);
  }

  async function explain(): Promise<void> {
    const verbs = await missingVerbs(parts).catch(() => []);
    if (isStopped || stale?.error?.code !== 'forbidden') return;
    missing = verbs;
    onChanged();
  }

  const watch = cluster.watch(
    { kind, namespace },
    {},
    {
      onList(objects) {
        seen.clear();
        for (const object of objects) take(object);
        isListed = true;
        onChanged();
      },
      onChange(object) {
        take(object);
        onChanged();
      },
      onDelete(object) {
        seen.delete(keyOf(object));
        onChanged();
      },
      onStale(sinceMs, error) {
        const wasRefused = stale?.error?.code === 'forbidden';
        stale = sinceMs === null ? null : { sinceMs, error };
        const isRefused = error?.code === 'forbidden';
        if (!isRefused) missing = [];
        if (isRefused && !wasRefused) void explain();
        if (error?.code === 'not_found') onUnknown();
        onChanged();
      },
    },
  );

  return {
    kind,
    namespace,
    seen,
    isCurrent: () => isListed && stale === null,
    isSettled: () => isListed || stale !== null,
    state: () => ({
      ...{ namespace, group: groupOf(kind.apiVersion), kind: kind.kind, apiVersion: kind.apiVersion },
      staleSince: stale?.sinceMs ?? (isListed ? null : startedMs),
      problem: stale?.error?.message ?? null,
      missingVerbs: missing,
    }),
    stop() {
      isStopped = true;
      watch.stop();
    },
  };
}
