import type { Metadata } from 'next';
import Link from 'next/link';
import type { Restorable } from '#components/deployments/acts/roll-back-dialog.tsx';
import { DeploymentView } from '#components/deployments/detail/deployment-view.tsx';
import { listDeployments } from '#lib/deployments/queries.ts';
import type { DeploymentDetail, DeploymentRow } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../records.ts';
import {
  approveDeployment,
  cancelDeployment,
  forceDeployment,
  passGate,
  pauseDeployment,
  rejectDeployment,
  resumeDeployment,
  rollBackDeployment,
} from '../actions.ts';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { agent, version } = await records.deployment((await params).id);
  return { title: `${agent.name} ${version}` };
}

const MOST_RESTORABLE = 20;

/** Versions that earlier deployments of the same workload brought: what a rollback can bring back. */
async function restorableFor(of: DeploymentDetail): Promise<Restorable[]> {
  if (of.agent.id === null) return [];
  const { items } = await read(listDeployments, {
    ...{ agentId: of.agent.id, status: ['completed', 'rolled_back'], limit: 100 },
  });
  const isSamePlace = ({ cluster, namespace, workload }: DeploymentRow) =>
    cluster.id === of.cluster.id && namespace === of.namespace && workload.name === of.workload.name;
  return items
    .filter((row) => row.id < of.id && isSamePlace(row))
    .slice(0, MOST_RESTORABLE)
    .map(({ id, version, finishedAt }) => ({ id, version, finishedAt }));
}

export default async function DeploymentPage({ params }: Props) {
  const { id } = await params;
  const [{ permissions }, deployment] = await Promise.all([
    requireActor(paths.deployment(id)),
    records.deployment(id),
  ]);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xs text-muted">
        <Link
          href={paths.deployments()}
          className="touch inline-flex items-center hover:text-ink hover:underline"
        >
          Deployments
        </Link>
      </p>
      <DeploymentView
        key={deployment.id}
        deployment={deployment}
        actions={{
          approve: approveDeployment,
          reject: rejectDeployment,
          cancel: cancelDeployment,
          pause: pauseDeployment,
          resume: resumeDeployment,
          rollBack: rollBackDeployment,
          force: forceDeployment,
          passGate,
        }}
        restorable={await restorableFor(deployment)}
        rollBackRefusal={
          permissions.has('deployments:rollback') ? null : 'Your role may not roll deployments back.'
        }
        renderedAtMs={Date.now()}
      />
    </div>
  );
}
