'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { RollBackButton, type RollBackChoice } from '#components/deployments/roll-back/roll-back-button.tsx';
import { DeploymentState } from '#components/deployments/status-looks.tsx';
import { VersionText } from '#components/deployments/version-text.tsx';
import { useTeamEvents } from '#components/live/hooks.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import type { DeploymentBefore } from '#lib/model/deployment-view.ts';
import { formatDuration } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';

export interface DeploymentActions {
  rollBack: BoundAction<RollBackChoice & { id: string }, { id: string }>;
  cancel: BoundAction<{ id: string; mode: 'roll_back' }, { id: string }>;
}

interface DeploymentNoteProps {
  agent: { id: string; name: string };
  before: DeploymentBefore;
  /** When what the alert is about began. */
  beganMs: number;
  actions: DeploymentActions;
}

/** How a deployment lies to the beginning of an alert, in words. */
function whenWords({ finishedAt, status }: DeploymentRow, beganMs: number): string {
  if (finishedAt === null || finishedAt > beganMs) return 'It was under way when this began.';
  const end = status === 'failed' || status === 'cancelled' ? 'ended' : 'was completed';
  return `It ${end} ${formatDuration(Math.floor((beganMs - finishedAt) / 1000) * 1000)} before this began.`;
}

/** The deployment that may have caused an alert, and the way back. */
export function DeploymentNote({ agent, before, beganMs, actions }: DeploymentNoteProps) {
  const { deployment, later, rollBack } = before;
  const { id, kind, version, digest, cluster, namespace, workload, requestedBy, startedAt, createdAt } =
    deployment;
  const router = useRouter();
  useTeamEvents((event) => {
    if (event.type === 'deployment.changed' && event.agentId === agent.id) router.refresh();
  });
  const isOn = deployment.status === 'in_progress';
  return (
    <Card label="Last deployment">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3 text-sm">
        <div className="min-w-0 flex-1 basis-72">
          <p className="text-xs text-muted">Last deployment of {agent.name}</p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link
              href={paths.deployment(id)}
              className="text-md font-medium underline-offset-2 hover:underline"
            >
              {kind === 'rollback' && 'Rollback to '}
              <VersionText version={version} digest={digest} />
            </Link>
            <DeploymentState of={deployment} />
          </p>
          <p>
            {whenWords(deployment, beganMs)}{' '}
            <span className="text-muted">
              By {requestedBy}, <Moment atMs={startedAt ?? createdAt} />
            </span>
          </p>
          {!rollBack.allowed && <p className="text-xs text-muted">{rollBack.reason}</p>}
        </div>
        {rollBack.allowed ? (
          <RollBackButton
            label="Roll back"
            can={rollBack}
            title={isOn ? `Stop ${version} and roll back?` : `Roll ${version} back?`}
            name={`alert:${id}`}
            run={(choice) =>
              isOn ? actions.cancel({ id, mode: 'roll_back' }) : actions.rollBack({ ...choice, id })
            }
          >
            <p>
              What ran in {cluster.name}, {namespace}/{workload.name}, before {version} returns.
            </p>
          </RollBackButton>
        ) : (
          later !== null && (
            <Link href={paths.deployment(later.id)} className="touch inline-flex items-center underline">
              {later.kind === 'rollback' ? 'The rollback' : `The deployment of ${later.version}`}
            </Link>
          )
        )}
      </div>
    </Card>
  );
}
