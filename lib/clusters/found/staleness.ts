import type { AgentPlace, ClusterWatch } from '#lib/model/cluster-agent.ts';
import { LEASE_SECONDS } from '../watches/watch-leases.ts';

/** What a row of `clusters` says of how current it is. */
export interface WatchedRow {
  watchLeaseUntil: Date | null;
  watchStaleSince: Date | null;
  watches: readonly ClusterWatch[];
}

const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((ms): ms is number => ms !== null);
  return known.length > 0 ? Math.min(...known) : null;
};

/** Whether a worker watches a cluster at a moment. */
export const isWatched = ({ watchLeaseUntil }: Pick<WatchedRow, 'watchLeaseUntil'>, now: Date): boolean =>
  watchLeaseUntil !== null && watchLeaseUntil > now;

/** Since when nothing at all is known to be current of a cluster; null: it is watched (deployment S-79). */
function clusterStaleSince(row: WatchedRow, now: Date): number | null {
  const { watchLeaseUntil, watchStaleSince } = row;
  const lapsed =
    watchLeaseUntil && !isWatched(row, now) ? watchLeaseUntil.getTime() - LEASE_SECONDS * 1000 : null;
  return earliest(watchStaleSince?.getTime() ?? null, lapsed);
}

/** Since when something of a cluster may be out of date. What may not be seen at all is named, and is not stale. */
export function staleSince(row: WatchedRow, now: Date): number | null {
  const seen = row.watches.filter(({ missingVerbs }) => missingVerbs.length === 0);
  return earliest(clusterStaleSince(row, now), ...seen.map((watch) => watch.staleSince));
}

/** Since when what is known of one agent may be out of date: the kinds that speak of it count, and no others. */
export function agentStaleSince(
  row: WatchedRow,
  { namespace, group, kind }: AgentPlace,
  workloadKind: string | null,
  now: Date,
): number | null {
  const own = row.watches.filter(
    (watch) =>
      watch.namespace === namespace &&
      ((watch.kind === kind && watch.group === group) ||
        (watch.kind === workloadKind && watch.group === 'apps') ||
        (watch.kind === 'Pod' && watch.group === '')),
  );
  return earliest(clusterStaleSince(row, now), ...own.map((watch) => watch.staleSince));
}
