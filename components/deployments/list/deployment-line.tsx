import { clsx } from 'clsx';
import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import { DeploymentState } from '../status-looks.tsx';
import { Took } from '../took.tsx';
import { VersionText } from '../version-text.tsx';

interface DeploymentLineProps {
  row: DeploymentRow;
  /** It left the list while somebody was on it. */
  gone: boolean;
  renderedAtMs: number;
}

/** One deployment: what, where, how it stands, who asked, when, and how long it took. */
export function DeploymentLine({ row, gone, renderedAtMs }: DeploymentLineProps) {
  const { id, agent, kind, environment, cluster, namespace, workload, failure, requestedBy } = row;
  return (
    <li data-deployment={id} className={clsx(gone && 'opacity-55')}>
      <Link
        href={paths.deployment(id)}
        className="grid grid-cols-2 items-center gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_12.5rem_9rem_5rem]"
      >
        <span className="min-w-0 max-md:col-span-2">
          <span className="font-medium wrap-anywhere">
            {agent.name} {kind === 'rollback' && <span className="font-normal text-muted">back to </span>}
            <VersionText version={row.version} digest={row.digest} />
          </span>
          {failure !== null && (
            <span className="block truncate text-xs text-muted">{failure.message.split('\n')[0]}</span>
          )}
        </span>
        <span className="min-w-0 text-xs text-muted max-md:order-last max-md:col-span-2">
          <span className="block truncate text-ink">{environment}</span>
          <span className="block truncate">
            {cluster.name} / {namespace} / {workload.name}
          </span>
        </span>
        <DeploymentState of={row} />
        <span className="min-w-0 truncate text-xs text-muted max-md:text-right">
          <span className="md:block md:truncate">{requestedBy}</span>
          <span className="md:hidden">, </span>
          <Ago atMs={row.createdAt} renderedAtMs={renderedAtMs} />
        </span>
        <span className="text-right text-xs text-muted max-md:hidden">
          <Took of={row} renderedAtMs={renderedAtMs} />
        </span>
      </Link>
    </li>
  );
}
