import { clsx } from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { DeploymentDetail, RolloutProgress } from '#lib/model/deployment.ts';

const PART = 'absolute inset-y-0 left-0 transition-[width] duration-150 motion-reduce:transition-none';

interface RolloutProps {
  deployment: DeploymentDetail;
  renderedAtMs: number;
}

/** How far the pods are, what keeps them from running, and until when it may take (deployment S-31 to S-37). */
export function Rollout({ deployment, renderedAtMs }: RolloutProps) {
  const { progress, status, unreachableSince, startedAt } = deployment;
  if (progress === null || startedAt === null) return null;
  const isOn = status === 'in_progress';
  return (
    <Card label="Pods">
      <CardHeader
        title="Pods"
        hint={
          <>
            looked at <Ago atMs={progress.observedAt} renderedAtMs={renderedAtMs} />
          </>
        }
      />
      <div className="flex flex-col gap-2 px-4 pb-4 text-sm">
        <Bar progress={progress} isOn={isOn} />
        <p className="wrap-anywhere">{progress.phase}</p>
        {unreachableSince !== null && (
          <p role="status" className="text-warning-text">
            The cluster has not answered for{' '}
            <Ago atMs={unreachableSince} renderedAtMs={renderedAtMs} words="span" />. What stands here is what
            was seen before; the rollout may go on meanwhile.
          </p>
        )}
        {progress.warnings.length > 0 && <Warnings warnings={progress.warnings} />}
        {isOn && <Deadline deployment={deployment} />}
      </div>
    </Card>
  );
}

/** What is done never shrinks, also while somebody scales (deployment S-51); what is available is what is true now. */
function Bar({ progress, isOn }: { progress: RolloutProgress; isOn: boolean }) {
  const { updated, available, replicas, percent } = progress;
  const shown = replicas === 0 ? percent : Math.min(percent, (100 * available) / replicas);
  return (
    <>
      <div aria-hidden="true" className="relative h-2 overflow-hidden rounded-full bg-active">
        <div className={clsx(PART, 'bg-accent/35')} style={{ width: `${percent}%` }} />
        <div className={clsx(PART, 'bg-ok')} style={{ width: `${shown}%` }} />
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        <Count name="Updated" value={updated} of={replicas} swatch="bg-accent/35" />
        {/* While it goes on a cluster counts pods of former versions as well. */}
        <Count
          name={isOn ? 'Available, old ones too' : 'Available'}
          value={available}
          of={replicas}
          swatch="bg-ok"
        />
      </dl>
    </>
  );
}

function Count(props: { name: string; value: number; of: number; swatch: string }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <span aria-hidden="true" className={`size-2 rounded-sm ${props.swatch}`} />
      <dt className="text-xs text-muted">{props.name}</dt>
      <dd className="font-medium">
        {props.value} of {props.of}
      </dd>
    </div>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  return (
    <ul aria-label="What keeps pods from running" className="flex flex-col gap-1.5">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2 rounded-md bg-warning-tint px-3 py-2 wrap-anywhere">
          <span className="mt-0.5 text-warning-text">
            <Icon of={TriangleAlert} size={14} />
          </span>
          <span className="min-w-0 whitespace-pre-line">{warning}</span>
        </li>
      ))}
    </ul>
  );
}

function Deadline({ deployment }: { deployment: DeploymentDetail }) {
  const { isPaused, deadlineAt, autoRollback } = deployment;
  if (isPaused) return <p className="text-xs text-muted">Its deadline stands still while it is paused.</p>;
  if (deadlineAt === null) return null;
  return (
    <p className="text-xs text-muted">
      If it is not complete by <Moment atMs={deadlineAt} /> it fails
      {autoRollback ? ' and is rolled back by itself.' : '.'}
    </p>
  );
}
