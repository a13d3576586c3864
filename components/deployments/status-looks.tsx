import { clsx } from 'clsx';
import { type StatusLook, TONE_TEXT, ToneMark } from '#components/ui/status.tsx';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';

/**
 * Deployments as people see them: the list, and the page of one with a component a section.
 *
 * This file says how a status looks and reads; hue, shape and word always go together.
 */
export const DEPLOYMENT_LOOKS: Record<DeploymentStatus, StatusLook> = {
  pending: { tone: 'progress', word: 'About to start', shape: 'half' },
  awaiting_approval: { tone: 'warning', word: 'Waits for approval', shape: 'triangle' },
  in_progress: { tone: 'progress', word: 'Rolling out', shape: 'half' },
  completed: { tone: 'ok', word: 'Completed', shape: 'disc' },
  failed: { tone: 'critical', word: 'Failed', shape: 'diamond' },
  cancelled: { tone: 'unknown', word: 'Cancelled', shape: 'square' },
  superseded: { tone: 'unknown', word: 'Superseded', shape: 'square' },
  rolled_back: { tone: 'unknown', word: 'Rolled back', shape: 'cross' },
};

type Standing = Pick<DeploymentRow, 'status' | 'kind' | 'isPaused' | 'isQueued' | 'unreachableSince'>;

/** What a deployment is doing: its status, or what of it a person should know first. */
export function deploymentLook(row: Standing): StatusLook {
  const look = DEPLOYMENT_LOOKS[row.status];
  const isWaiting = row.status === 'pending' || row.status === 'awaiting_approval';
  if (row.isQueued && isWaiting) return { tone: 'unknown', word: 'Waits its turn', shape: 'square' };
  if (row.status !== 'in_progress') return look;
  if (row.unreachableSince !== null)
    return { tone: 'warning', word: 'Cluster does not answer', shape: 'triangle' };
  if (row.isPaused) return { tone: 'warning', word: 'Paused', shape: 'square' };
  return row.kind === 'rollback' ? { ...look, word: 'Rolling back' } : look;
}

/** Mark and words in one line. */
export function DeploymentState({ of, className }: { of: Standing; className?: string }) {
  const { tone, shape, word } = deploymentLook(of);
  const isLoud = tone !== 'ok' && tone !== 'unknown';
  return (
    <span
      data-status={of.status}
      className={clsx('inline-flex items-center gap-1.5 whitespace-nowrap', className)}
    >
      <ToneMark tone={tone} shape={shape} />
      <span className={isLoud ? clsx('font-medium', TONE_TEXT[tone]) : 'text-ink'}>{word}</span>
    </span>
  );
}
