import type { Ability } from '#lib/model/agent-view.ts';
import type { DeploymentDetail } from '#lib/model/deployment.ts';

export const ACTS = [
  'approve',
  'reject',
  'passGate',
  'pause',
  'resume',
  'rollBack',
  'cancelAndRollBack',
  'rollBackTarget',
  'force',
  'cancel',
] as const;
export type ActName = (typeof ACTS)[number];

/** An act that is offered, with the reason why it is off; null where it is on. */
export interface OfferedAct {
  name: ActName;
  refusal: string | null;
}

const refusalOf = (ability: Ability): string | null => (ability.allowed ? null : ability.reason);

/**
 * Why a rollout under way cannot be taken back; null where it can.
 *
 * @param rollBackRefusal why this person may not roll back at all; null where they may
 */
export function takeBackRefusal(
  { manifest, replaces }: Pick<DeploymentDetail, 'manifest' | 'replaces'>,
  rollBackRefusal: string | null,
): string | null {
  if (rollBackRefusal !== null) return rollBackRefusal;
  if (manifest === null) return 'It has changed nothing in the cluster yet.';
  return replaces === null ? 'Nothing ran before it, so there is nothing to roll back to.' : null;
}

/**
 * Which acts make sense where a deployment stands: what is off for this person is shown with its reason, what could
 * never be meant here is left out.
 *
 * @param rollBackRefusal why this person may not roll back at all; null where they may
 */
export function offeredActs(deployment: DeploymentDetail, rollBackRefusal: string | null): OfferedAct[] {
  const { status, can, kind, failure, target, isPaused, gate } = deployment;
  const offer = (name: ActName, refusal: string | null): OfferedAct => ({ name, refusal });
  const cancel = offer('cancel', refusalOf(can.cancel));
  switch (status) {
    case 'pending':
      return [cancel];
    case 'awaiting_approval':
      return [offer('approve', refusalOf(can.approve)), offer('reject', refusalOf(can.approve)), cancel];
    case 'in_progress': {
      // Who is in a hurry looks for this one: a rollout is taken back by ending it.
      const backRefusal = refusalOf(can.cancel) ?? takeBackRefusal(deployment, rollBackRefusal);
      const isJudged = gate?.state === 'judging' || gate?.state === 'held';
      return [
        ...(isJudged ? [offer('passGate', refusalOf(can.passGate))] : []),
        can.resume.allowed || (isPaused && !can.pause.allowed)
          ? offer('resume', refusalOf(can.resume))
          : offer('pause', refusalOf(can.pause)),
        ...(kind === 'deploy' ? [offer('cancelAndRollBack', backRefusal)] : []),
        cancel,
      ];
    }
    case 'failed': {
      const isHeldByPause = kind === 'rollback' && failure?.code === 'WORKLOAD_PAUSED' && target !== null;
      const force = failure?.code === 'FIELD_CONFLICT' ? [offer('force', refusalOf(can.force))] : [];
      if (isHeldByPause) return [offer('rollBackTarget', rollBackRefusal)];
      return [
        ...force,
        ...(kind === 'deploy' && force.length === 0 ? [offer('rollBack', refusalOf(can.rollBack))] : []),
      ];
    }
    case 'completed':
    case 'cancelled':
      return [offer('rollBack', refusalOf(can.rollBack))];
    case 'superseded':
    case 'rolled_back':
      return [];
  }
}
