import { Ago } from '#components/ui/ago.tsx';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { DeploymentState } from '../status-looks.tsx';
import { VersionText } from '../version-text.tsx';

/** One deployment: what, where, how it stands, who asked and when. */
export function DeploymentLine({ row, renderedAtMs }: { row: DeploymentRow; renderedAtMs: number }) {
  const { id, agent, environment, cluster, namespace, requestedBy, createdAt } = row;
  return (
    <li data-deployment={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 basis-56">
        <span className="block font-medium wrap-anywhere">
          {agent.name} <VersionText version={row.version} digest={row.digest} />
        </span>
        <span className="block text-xs text-muted wrap-anywhere">
          {environment} · {cluster.name}/{namespace}
        </span>
      </span>
      <DeploymentState of={row} />
      <span className="text-xs text-muted">
        {requestedBy}, <Ago atMs={createdAt} renderedAtMs={renderedAtMs} />
      </span>
    </li>
  );
}
