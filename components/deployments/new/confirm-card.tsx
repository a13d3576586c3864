'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { asSentence } from '#components/ui/issue-words.ts';
import { Moment } from '#components/ui/moment.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ActiveDeployment } from '#lib/model/deployment-plan.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { formatDuration, formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { BusyWorkload } from '../busy-workload.tsx';
import type { PlanInput } from './plan-draft.ts';

/** What is asked for at last: a plan, and the preview of it that was confirmed. */
export type NewDeploymentInput = PlanInput & {
  previewId: string;
  idempotencyKey: string;
  queue: boolean;
  autoRollback: boolean;
  forceManagers: string[];
};

interface ConfirmCardProps {
  start: DeploymentStart;
  /** What it would have to wait behind, as of the preview. */
  active: ActiveDeployment | null;
  asked: Omit<NewDeploymentInput, 'idempotencyKey' | 'queue'>;
  onAutoRollback: (on: boolean) => void;
  /** Why it can't be confirmed now; null where it can. */
  reason: string | null;
  create: BoundAction<NewDeploymentInput, { id: string }>;
  again: () => void;
}

/** What happens once it is confirmed, who must agree, and the button that does it. */
export function ConfirmCard(props: ConfirmCardProps) {
  const { start, active, asked, onAutoRollback, reason, create, again } = props;
  const { policy, freeze } = start;
  const router = useRouter();
  const { save, pending, failure } = useSave(create, ({ id }) => router.push(paths.deployment(id)));
  const needsApproval = policy.approvalsNeeded > 0;
  const confirm = (queue: boolean) => {
    // One key a preview: a click that is repeated, or sent again, asks for the same deployment (deployment S-54).
    const idempotencyKey = queue ? `${asked.previewId}:queued` : asked.previewId;
    save({ ...asked, idempotencyKey, queue });
  };
  return (
    <Card label="Confirm">
      <CardHeader title="Confirm" hint={start.environment} />
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4 text-sm">
        {freeze !== null && (
          <p
            role="status"
            className="rounded-md border border-warning bg-warning-tint px-3 py-2 text-warning-text"
          >
            The freeze {freeze.name} holds: no deployment to {start.environment} is taken until{' '}
            <Moment atMs={freeze.endsAt} />. What runs can still be rolled back.
          </p>
        )}
        {active !== null && <UnderWay active={active} />}
        {freeze === null && <p>{beginningWords(policy, active !== null)}</p>}
        <label className="touch inline-flex items-center gap-2">
          <input
            type="checkbox"
            checked={asked.autoRollback}
            onChange={(event) => onAutoRollback(event.target.checked)}
          />
          If it fails, what runs now returns by itself
        </label>
        {failure !== null && (
          <Refusal failure={failure} pending={pending} queue={() => confirm(true)} again={again} />
        )}
        {reason !== null && <p className="text-xs text-muted md:hidden">{reason}</p>}
        <div className="flex justify-end">
          <Button
            variant="primary"
            disabledReason={reason}
            pending={pending}
            onClick={() => confirm(active !== null)}
            className="max-md:w-full"
          >
            {`${active ? 'Queue' : needsApproval ? 'Ask for approval of' : 'Deploy'} ${asked.version}`}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** Another deployment of the workload comes first (deployment S-55). */
function UnderWay({ active: { id, version, isPaused } }: { active: ActiveDeployment }) {
  return (
    <p
      role="status"
      className="rounded-md border border-warning bg-warning-tint px-3 py-2 text-warning-text wrap-anywhere"
    >
      <Link href={paths.deployment(id)} className="underline">
        The deployment of {version}
      </Link>{' '}
      to this workload is under way{isPaused ? ' and paused' : ''}. This one waits its turn; it is then
      applied to what the other leaves, not to what was previewed.
    </p>
  );
}

function beginningWords(
  { approvalsNeeded, approvalMinutes }: DeploymentStart['policy'],
  waits: boolean,
): string {
  const then = waits ? 'when the other has ended' : 'then';
  if (approvalsNeeded === 0) return `It needs no approval and begins ${waits ? then : 'at once'}.`;
  const span = formatDuration(approvalMinutes * 60_000);
  return `It needs ${formatPlural(approvalsNeeded, 'approval')} by people other than you within ${span}, and begins ${then}.`;
}

interface RefusalProps {
  failure: ShownFailure;
  pending: boolean;
  queue: () => void;
  again: () => void;
}

/** Why it was refused, and how to go on: another preview, or behind what is under way (deployment S-15, S-55). */
function Refusal({ failure, pending, queue, again }: RefusalProps) {
  const [{ path, message } = { path: '', message: failure.message }] = failure.issues;
  if (path === 'queue')
    return (
      <BusyWorkload message={message} pending={pending} queue={queue}>
        This one can wait its turn; it is then applied to what the other leaves, not to what was previewed.
      </BusyWorkload>
    );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p role="alert" className="text-critical-text wrap-anywhere">
        {asSentence(message)} What you typed is kept.
      </p>
      {path === 'previewId' && <Button onClick={again}>Preview again</Button>}
    </div>
  );
}
