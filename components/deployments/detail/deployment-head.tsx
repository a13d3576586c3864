import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { paths } from '#lib/model/paths.ts';
import { DeploymentState } from '../status-looks.tsx';
import { Took } from '../took.tsx';
import { VersionText } from '../version-text.tsx';
import { rollbackWords } from './rollback-words.ts';

interface DeploymentHeadProps {
  deployment: DeploymentDetail;
  renderedAtMs: number;
}

const LINK = 'font-medium text-ink underline underline-offset-2';

/** How it stands, which version of what takes the place of which, who asked and why, and the deployments around it. */
export function DeploymentHead({ deployment, renderedAtMs }: DeploymentHeadProps) {
  const { status, kind, agent, environment, replaces, requestedBy, createdAt, changeCause } = deployment;
  return (
    <header data-status={status} data-seq={deployment.seq} className="flex flex-col gap-1">
      <p aria-live="polite" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <DeploymentState of={deployment} />
        {kind === 'rollback' && <Badge>Rollback</Badge>}
      </p>
      <h1 className="text-lg font-medium tracking-tight text-balance wrap-anywhere md:text-xl">
        {agent.name}{' '}
        {replaces !== null && (
          <>
            <VersionText version={replaces.version ?? 'without a tag'} digest={replaces.digest} />
            <span className="font-normal text-muted">
              <span aria-hidden="true"> → </span>
              <span className="sr-only"> to </span>
            </span>
          </>
        )}
        <VersionText version={deployment.version} digest={deployment.digest} />
      </h1>
      <p className="max-w-[80ch] text-sm wrap-anywhere">
        {requestedBy} asked for it <Ago atMs={createdAt} renderedAtMs={renderedAtMs} />
        {changeCause !== '' && `: ${changeCause}`}
      </p>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
        {agent.id === null ? (
          <span>{agent.name} was removed</span>
        ) : (
          <Link
            href={paths.agent(agent.id)}
            className="font-medium text-ink underline-offset-2 hover:underline"
          >
            {agent.name}
          </Link>
        )}
        <span className="wrap-anywhere">
          {environment} · {deployment.cluster.name} / {deployment.namespace} / {deployment.workload.name}
        </span>
        {deployment.startedAt !== null && (
          <span>
            {isActive(status) ? 'for' : 'took'} <Took of={deployment} renderedAtMs={renderedAtMs} />
          </span>
        )}
      </p>
      <Around deployment={deployment} />
    </header>
  );
}

/** What it takes back, what took it back, and what came after it. */
function Around({ deployment }: { deployment: DeploymentDetail }) {
  const { target, rolledBackBy, next, status, isLeftPaused } = deployment;
  const links: ReactNode[] = [];
  if (target !== null)
    links.push(
      <span key="target">
        Takes back{' '}
        <Link href={paths.deployment(target.id)} className={LINK}>
          the deployment of {target.version}
        </Link>
      </span>,
    );
  if (rolledBackBy !== null)
    links.push(
      <span key="back">
        {rollbackWords(rolledBackBy.status)}:{' '}
        <Link href={paths.deployment(rolledBackBy.id)} className={LINK}>
          see the rollback
        </Link>
      </span>,
    );
  if (isLeftPaused && rolledBackBy === null && next === null)
    links.push(<span key="paused">The workload was left paused, with old and new pods side by side.</span>);
  if (status === 'superseded') links.push(<span key="over">Somebody rolled out something newer.</span>);
  if (next !== null && next.id !== rolledBackBy?.id)
    links.push(
      <span key="next">
        Followed by{' '}
        <Link href={paths.deployment(next.id)} className={LINK}>
          the deployment of {next.version}
        </Link>
      </span>,
    );
  if (links.length === 0) return null;
  return <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">{links}</p>;
}
