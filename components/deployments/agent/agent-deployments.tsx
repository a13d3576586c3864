'use client';

import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { AgentDeployment, AgentDeployments, AgentWorkload } from '#lib/model/deployment-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DeployButton } from '../deploy-button.tsx';
import { RollBackButton, type RollBackChoice } from '../roll-back/roll-back-button.tsx';
import { DeploymentState } from '../status-looks.tsx';
import { VersionText } from '../version-text.tsx';

export type RollBackAction = BoundAction<
  RollBackChoice & { id: string; toDeploymentId?: string },
  { id: string }
>;

interface AgentDeploymentsViewProps {
  agent: { id: string; name: string /** As its telemetry names it. */; version: string | null };
  deployments: AgentDeployments;
  mayDeploy: boolean;
  rollBack: RollBackAction;
  renderedAtMs: number;
}

const LINK = 'underline-offset-2 hover:underline';

/** What of an agent runs where, what was deployed before, and how to go back to it. */
export function AgentDeploymentsView(props: AgentDeploymentsViewProps) {
  const { agent, deployments, mayDeploy } = props;
  const { workloads, history } = deployments;
  const deploy = <DeployButton agentId={agent.id} mayDeploy={mayDeploy} />;
  if (history.items.length === 0 && workloads.length === 0)
    return (
      <StateMessage kind="empty" title="Nothing was deployed from here yet" action={deploy}>
        A deployment brings a version of {agent.name} into a cluster, shows how it goes, and takes it back.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-3">
      <Running {...props} deploy={deploy} />
      <Card label="History">
        <CardHeader title="History" hint="newest first" />
        <ol className="divide-y divide-line">
          {history.items.map((row) => (
            <HistoryRow key={row.id} {...props} row={row} />
          ))}
        </ol>
      </Card>
      {history.nextCursor !== null && (
        <div className="flex justify-end">
          <ButtonLink href={paths.agent(agent.id, 'deployments', { cursor: history.nextCursor })}>
            Older
          </ButtonLink>
        </div>
      )}
    </div>
  );
}

function Running(props: AgentDeploymentsViewProps & { deploy: React.ReactNode }) {
  const { agent, deployments, deploy } = props;
  const { workloads } = deployments;
  const isTold = workloads.some(({ running }) => running?.version === agent.version);
  return (
    <Card label="What runs now">
      <CardHeader title="What runs now">{deploy}</CardHeader>
      <ul className="divide-y divide-line">
        {workloads.map((workload) => (
          <WorkloadRow
            key={`${workload.cluster.id}/${workload.namespace}/${workload.workload.name}`}
            {...props}
            at={workload}
          />
        ))}
      </ul>
      {workloads.length === 0 && (
        <p className="px-4 pb-3 text-sm text-muted">
          Nothing of what was asked for has changed a cluster yet.
        </p>
      )}
      {agent.version !== null && !isTold && workloads.length > 0 && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          Its telemetry names the version {agent.version}.
        </p>
      )}
    </Card>
  );
}

function WorkloadRow({ at, renderedAtMs }: AgentDeploymentsViewProps & { at: AgentWorkload }) {
  const { cluster, namespace, workload, running, after } = at;
  return (
    <li className="flex flex-wrap items-baseline gap-x-6 gap-y-1.5 px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 basis-56">
        {running === null ? (
          <span className="text-muted">Nothing was completed there yet.</span>
        ) : (
          <span className="text-md font-medium">
            <VersionText version={running.version} digest={running.digest} />
          </span>
        )}
        <span className="block text-xs text-muted wrap-anywhere">
          {cluster.name} · {namespace}/{workload.name}
        </span>
      </span>
      {running?.finishedAt != null && (
        <span className="text-xs text-muted">
          since <Moment atMs={running.finishedAt} />, by{' '}
          <Link href={paths.deployment(running.id)} className={`text-ink ${LINK}`}>
            {running.kind === 'rollback' ? 'a rollback' : 'a deployment'}
          </Link>{' '}
          of {running.requestedBy}
        </span>
      )}
      {after !== null && (
        <span className="flex basis-full flex-wrap items-center gap-x-2 gap-y-1 rounded-md bg-sunken px-2.5 py-1.5">
          <Link href={paths.deployment(after.id)} className={`font-medium ${LINK}`}>
            {after.kind === 'rollback' ? `Rollback to ${after.version}` : after.version}
          </Link>
          <DeploymentState of={after} />
          <span className="text-xs text-muted">
            <Ago atMs={after.finishedAt ?? after.createdAt} renderedAtMs={renderedAtMs} />
          </span>
          {after.failure !== null && (
            <span className="basis-full text-xs text-muted wrap-anywhere">{after.failure.message}</span>
          )}
        </span>
      )}
    </li>
  );
}

function HistoryRow(props: AgentDeploymentsViewProps & { row: AgentDeployment }) {
  const { agent, deployments, row, rollBack, renderedAtMs } = props;
  const { id, kind, version, digest, cluster, namespace, workload, requestedBy, createdAt, returnsBy } = row;
  const at = deployments.workloads.find(({ takesBack }) => takesBack?.id === returnsBy);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 basis-56">
        <Link href={paths.deployment(id)} className={`font-medium ${LINK}`}>
          {kind === 'rollback' && 'Rollback to '}
          <VersionText version={version} digest={digest} />
        </Link>
        <span className="block text-xs text-muted wrap-anywhere">
          {cluster.name} · {namespace}/{workload.name}
        </span>
      </span>
      <DeploymentState of={row} />
      <span className="text-xs text-muted">
        {requestedBy}, <Ago atMs={createdAt} renderedAtMs={renderedAtMs} />
      </span>
      <span className="flex justify-end md:w-36">
        {row.isRunning && <Badge tone="ok">Runs now</Badge>}
        {returnsBy !== null && at?.takesBack != null && (
          <RollBackButton
            size="sm"
            label="Roll back to this"
            can={at.takesBack.can}
            title={`Roll ${agent.name} back to ${version}?`}
            name={`${returnsBy}:${id}`}
            run={(choice) => rollBack({ ...choice, id: returnsBy, toDeploymentId: id })}
          >
            <p>
              {at.running === null ? 'What is there' : at.running.version} in {cluster.name}, {namespace}/
              {workload.name}, is replaced by {version} as it was deployed then.
            </p>
          </RollBackButton>
        )}
      </span>
    </li>
  );
}
