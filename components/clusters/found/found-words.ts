import type { ClusterAgent, WatchedCluster } from '#lib/model/cluster-agent.ts';
import { formatPlural } from '#lib/model/format.ts';

/** What can be done with an agent from here, in words; what cannot is left out. */
export function capabilityWords({ capabilities, managedBy }: ClusterAgent): string[] {
  const { deployable, scalable, logs, card, metrics } = capabilities;
  return [
    ...(deployable ? ['Can be deployed'] : []),
    ...(scalable === 'workload' ? ['Can be scaled'] : []),
    ...(scalable === 'source' ? [`Scales through ${managedBy?.tool ?? 'its own object'}`] : []),
    ...(logs ? ['Has logs'] : []),
    ...(card ? ['Serves an agent card'] : []),
    ...(metrics ? ['Has metrics'] : []),
  ];
}

/** Who has the last word about it. */
export function managerWords({ managedBy }: Pick<ClusterAgent, 'managedBy'>): string {
  if (!managedBy) return 'Managed by nobody that we know';
  return managedBy.name ? `Managed by ${managedBy.tool} (${managedBy.name})` : `Managed by ${managedBy.tool}`;
}

/** Which kinds may not be seen in a cluster, each with what is missing. */
export function refusalWords({ watches }: Pick<WatchedCluster, 'watches'>): string[] {
  const refused = watches.filter(({ missingVerbs }) => missingVerbs.length > 0);
  const alike = Map.groupBy(refused, ({ kind, group, missingVerbs }) =>
    [kind, group, ...missingVerbs].join(),
  );
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    if (!first) return [];
    const namespaces = [...new Set(all.map(({ namespace }) => namespace))].sort().join(', ');
    const kind = first.group ? `${first.kind}s (${first.group})` : `${first.kind}s`;
    const verbs = first.missingVerbs.join(' and ');
    return [`May not see ${kind} in ${namespaces}: the credentials lack ${verbs}`];
  });
}

/** The state of things in one line, for the head of the page. */
export function foundVerdict(found: readonly Pick<ClusterAgent, 'agent' | 'presence'>[]): string {
  const waiting = found.filter(({ agent, presence }) => agent === null && presence === 'present').length;
  if (found.length === 0) return 'Found in clusters';
  if (waiting === 0) return 'Everything that was found is adopted';
  return `${formatPlural(waiting, 'agent')} ${waiting === 1 ? 'waits' : 'wait'} to be adopted`;
}

/** How a version is called: by the tag that goes with a digest, which stands beside it. */
export function versionName({ version, versionFrom, image }: ClusterAgent): string {
  if (version === null) return 'No version known';
  if (versionFrom !== 'digest') return version;
  return /:([^/:]+)$/.exec((image ?? '').split('@')[0] ?? '')?.[1] ?? '';
}
