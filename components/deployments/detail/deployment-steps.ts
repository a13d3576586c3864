import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { type DeploymentStatus, isActive } from '#lib/model/deployment-status.ts';

/** `never`: it ended before. `stopped`: it ended here without having failed. */
export type StepState = 'done' | 'now' | 'ahead' | 'failed' | 'stopped' | 'never';

export interface Step {
  key: 'asked' | 'approved' | 'applied' | 'rolled-out' | 'over' | 'rolled-back';
  title: string;
  words: string;
  state: StepState;
  /** When it was done, Unix milliseconds; null while it is not. */
  atMs: number | null;
}

/** A step with the moment at which it was done, before it is known where the deployment stands. */
type Draft = Omit<Step, 'state'>;

const takenBackBy = ({ events }: DeploymentDetail) =>
  events.find(({ to, from }) => to === 'rolled_back' && from !== to);

/** How it ended, apart from being taken back afterwards. */
function outcomeOf(deployment: DeploymentDetail): DeploymentStatus {
  const { status } = deployment;
  return status === 'rolled_back' ? (takenBackBy(deployment)?.from ?? 'completed') : status;
}

const OVER_TITLES: Partial<Record<DeploymentStatus, string>> = {
  failed: 'Failed',
  cancelled: 'Cancelled',
  superseded: 'Superseded',
};

/** What a step is called while it is under way. */
const NOW_TITLES: Partial<Record<Step['key'], string>> = {
  approved: 'Waiting for approval',
  applied: 'Being applied',
  'rolled-out': 'Rolling out',
};

const DEAF = 'The cluster does not answer';

function approvedWords({ approvals }: DeploymentDetail): string {
  const approved = approvals.given.filter(({ decision }) => decision === 'approved');
  const names = approved.map(({ by }) => by).join(', ');
  return `${approved.length} of ${approvals.needed}${names === '' ? '' : `: ${names}`}`;
}

/** How far the pods are, while they are. */
function rolloutWords({ progress, isPaused, unreachableSince }: DeploymentDetail): string {
  if (unreachableSince !== null) return DEAF;
  if (progress === null) return '';
  const { updated, available, replicas } = progress;
  return `${updated} updated, ${available} available of ${replicas}${isPaused ? ', paused' : ''}`;
}

function drafts(deployment: DeploymentDetail, outcome: DeploymentStatus): Draft[] {
  const { approvals, requestedBy, createdAt, finishedAt, events, isQueued, progress, unreachableSince } =
    deployment;
  const at = (code: string) => events.find((event) => event.code === code)?.at ?? null;
  const isBegun = at('started') !== null;
  const approved: Draft = {
    ...{ key: 'approved', title: 'Approved', words: approvedWords(deployment) },
    atMs: isBegun ? (events.findLast(({ code }) => code === 'approval.given')?.at ?? at('started')) : null,
  };
  const isOver = !isActive(outcome);
  // Before it begins a look leaves only what holds it.
  const holds = isBegun || isOver ? '' : (progress?.phase ?? '');
  const applyWords = unreachableSince !== null && at('applied') === null ? DEAF : holds;
  const waits = isQueued ? 'Waits behind another deployment of its workload' : '';
  return [
    {
      ...{ key: 'asked', title: 'Asked for', words: waits === '' || isOver ? `By ${requestedBy}` : waits },
      atMs: isQueued && !isOver ? null : createdAt,
    },
    ...(approvals.needed > 0 ? [approved] : []),
    {
      ...{ key: 'applied', title: 'Applied' },
      words: applyWords,
      atMs: at('applied'),
    },
    {
      ...{ key: 'rolled-out', title: 'Rolled out' },
      words: at('applied') === null ? '' : rolloutWords(deployment),
      atMs: outcome === 'completed' ? finishedAt : null,
    },
    {
      ...{ key: 'over', title: OVER_TITLES[outcome] ?? 'Completed', words: '' },
      atMs: outcome === 'completed' ? finishedAt : null,
    },
  ];
}

/**
 * The way of a deployment, from being asked for to its end, with where it stands. Everything before the first step that
 * was not done is done; where it ended early, that step is the one at which it did.
 */
export function deploymentSteps(deployment: DeploymentDetail): Step[] {
  const outcome = outcomeOf(deployment);
  const all = drafts(deployment, outcome);
  // A rollback may find that there is nothing to do: complete without a write.
  const open = outcome === 'completed' ? all.length : all.findIndex(({ atMs }) => atMs === null);
  const ending: StepState = isActive(outcome) ? 'now' : outcome === 'failed' ? 'failed' : 'stopped';
  const steps = all.map((step, index): Step => {
    if (index < open) return { ...step, state: 'done' };
    if (index === open) {
      const title = ending === 'now' ? (NOW_TITLES[step.key] ?? step.title) : step.title;
      return { ...step, title, state: ending };
    }
    if (isActive(outcome)) return { ...step, state: 'ahead' };
    const isLast = index === all.length - 1;
    if (!isLast) return { ...step, words: '', state: 'never' };
    return { ...step, state: ending, atMs: deployment.finishedAt };
  });
  if (deployment.status !== 'rolled_back') return steps;
  const atMs = takenBackBy(deployment)?.at ?? null;
  return [...steps, { key: 'rolled-back', title: 'Rolled back', words: '', state: 'stopped', atMs }];
}
