/**
 * Watches: every connected cluster is watched by one worker, whoever and how many look at it. What is found is written
 * down and told over the bus; readers meet rows, never the cluster (deployment S-84).
 *
 * This file holds the watches of one worker.
 */
import type { Db } from '#db/client.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { ClusterError } from '#lib/ports/cluster/port.ts';
import type { OpenClusters } from '../open-clusters.ts';
import { ClusterWatcher } from './cluster-watcher.ts';
import { recordFound } from './record-found.ts';
import { LEASE_SECONDS, type LeasedCluster, releaseLeases, renewLeases } from './watch-leases.ts';

/** What happens within this time is written down at once, milliseconds. */
const GATHER_MS = 500;

export interface WatchTools {
  db: Db;
  clusters: OpenClusters;
  clock: Clock;
  log: Log;
  /** Names this process among the workers. */
  worker: string;
  /** Whether clusters are to be watched at all. */
  isOn(): boolean | Promise<boolean>;
  tell(teamId: string, event: TeamEvent): void;
}

interface Held {
  leased: LeasedCluster;
  watcher: ClusterWatcher | null;
  problem: { sinceMs: number; words: string } | null;
  timer: ReturnType<typeof setTimeout> | null;
  /** The writing that is under way, after which another one may be needed. */
  writing: Promise<void>;
}

/** The watches of a worker. `refresh` keeps leases and kinds up to date and must be called well within a lease. */
export function createClusterWatches(tools: WatchTools) {
  const { db, clusters, clock, log, worker } = tools;
  const all = new Map<string, Held>();
  let renewedMs = performance.now();

  function drop(id: string): void {
    const held = all.get(id);
    all.delete(id);
    if (held?.timer) clearTimeout(held.timer);
    held?.watcher?.stop();
  }

  function dropAll(): void {
    for (const id of [...all.keys()]) drop(id);
  }

  async function write(held: Held): Promise<void> {
    const { leased, watcher, problem } = held;
    const { id: clusterId, teamId } = leased;
    if (all.get(clusterId) !== held || (problem === null && !watcher?.isSettled())) return;
    const changed = await recordFound(db, worker, {
      ...{ clusterId, teamId, problem, watches: watcher?.states() ?? [] },
      found: watcher?.found() ?? [],
      isGone: (place) => watcher?.isGone(place) ?? false,
    });
    if (changed === null) drop(clusterId);
    if (changed) tools.tell(teamId, { type: 'cluster.changed', clusterId, at: clock.now() });
  }

  /** One after the other: a later one knows more. */
  function writeNow(held: Held): Promise<void> {
    held.writing = held.writing.catch(() => undefined).then(() => write(held));
    return held.writing;
  }

  function writeSoon(held: Held): void {
    held.timer ??= setTimeout(() => {
      held.timer = null;
      // The next refresh writes what could not be written now.
      writeNow(held).catch((error: unknown) =>
        log.warn({ err: error, clusterId: held.leased.id }, 'what a watch told could not be written down'),
      );
    }, GATHER_MS).unref();
  }

  function wordsOf(error: unknown, clusterId: string): string {
    if (error instanceof ClusterError || isAppError(error)) return error.message;
    log.error({ err: error, clusterId }, 'a cluster could not be watched');
    return 'It could not be watched for a reason that stands in the log of the worker.';
  }

  async function watch(held: Held, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const { id, teamId, namespaces } = held.leased;
    try {
      held.watcher ??= new ClusterWatcher({
        ...{ cluster: await clusters.get(teamId, id), namespaces, clock },
        onChanged: () => writeSoon(held),
      });
      await held.watcher.refreshKinds(isAsked, signal);
      held.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      // Watches that are there go on, and say themselves how current they are.
      if (held.watcher && held.watcher.states().length > 0) return;
      held.problem ??= { sinceMs: clock.now(), words: '' };
      held.problem.words = wordsOf(error, id);
    }
  }

  async function keep(leased: LeasedCluster, signal: AbortSignal): Promise<void> {
    const former = all.get(leased.id);
    if (former && former.leased.version !== leased.version) drop(leased.id);
    const held: Held = all.get(leased.id) ?? {
      ...{ leased, watcher: null, problem: null, timer: null, writing: Promise.resolve() },
    };
    const isAsked = held.leased.checkedMs !== leased.checkedMs;
    held.leased = leased;
    all.set(leased.id, held);
    await watch(held, isAsked, signal);
    await writeNow(held);
  }

  return {
    /** @returns how many clusters this worker watches */
    async refresh(signal: AbortSignal): Promise<number> {
      if (!(await tools.isOn())) {
        if (all.size > 0) await releaseLeases(db, worker);
        dropAll();
        return 0;
      }
      const askedMs = performance.now();
      // Who could not renew in time has lost them, and does not know to whom.
      if (askedMs - renewedMs >= LEASE_SECONDS * 1000) dropAll();
      const leased = await renewLeases(db, worker);
      renewedMs = askedMs;
      const ids = new Set(leased.map(({ id }) => id));
      for (const id of [...all.keys()]) if (!ids.has(id)) drop(id);
      const kept = await Promise.allSettled(leased.map((each) => keep(each, signal)));
      const errors = kept.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      if (errors.length > 0) throw new AggregateError(errors, 'what is found could not be written down');
      return all.size;
    },

    async stop(): Promise<void> {
      const writing = [...all.values()].map((held) => held.writing.catch(() => undefined));
      dropAll();
      await Promise.all(writing);
      await releaseLeases(db, worker);
    },
  };
}
