import type { ChartMarker } from '#components/charts/prepare/markers.ts';
import type { VersionChange } from '#lib/model/agent-view.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { formatUtc } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';

/** A moment at which another version came, as a marker on charts and as a line of the list beside them. */
export interface VersionMoment extends ChartMarker {
  /** What happened, without when. */
  what: string;
  /** The page of the deployment that did it; null where it was only seen. */
  href: string | null;
}

const tag = (version: string) => (/^\d/.test(version) ? `v${version}` : version);

function moment(atMs: number, what: string, rest: Pick<VersionMoment, 'label' | 'isAct' | 'href'>) {
  return { atMs, what, words: `${what} at ${formatUtc(atMs)}`, ...rest };
}

/** Changes of the version that an agent's telemetry names. */
export function versionMarkers(changes: readonly VersionChange[]): VersionMoment[] {
  return changes.map(({ from, to, at }) =>
    moment(at, `Version ${from} became ${to}`, { label: tag(to), href: null }),
  );
}

/** Deployments and rollbacks of an agent that were completed, whatever became of them later. */
export function deploymentMarkers(rows: readonly DeploymentRow[]): VersionMoment[] {
  return rows.flatMap(({ id, kind, version, cluster, status, failure, finishedAt }) => {
    const wasCompleted = (status === 'completed' || status === 'rolled_back') && failure === null;
    if (!wasCompleted || finishedAt === null) return [];
    const isBack = kind === 'rollback';
    const what = isBack
      ? `Rolled back to ${version} in ${cluster.name}`
      : `${version} deployed to ${cluster.name}`;
    const label = isBack ? `back to ${tag(version)}` : `deployed ${tag(version)}`;
    return [moment(finishedAt, what, { label, isAct: true, href: paths.deployment(id) })];
  });
}
