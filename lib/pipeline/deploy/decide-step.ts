import type { GateLook, PlannedLook } from '#lib/deployments/judging/gate-progress.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { containerImage, imageText } from '#lib/deployments/rolling-back/image-reference.ts';
import { DEFAULT_PATIENCE } from '#lib/deployments/rollout/container-trouble.ts';
import { diagnosePods } from '#lib/deployments/rollout/diagnose-pods.ts';
import type { WorkloadLook } from '#lib/deployments/rollout/look-at-workload.ts';
import { TEMPLATE_HASH } from '#lib/deployments/rollout/replica-sets.ts';
import { planRollback } from '#lib/deployments/rollout/roll-back.ts';
import { rolloutPercent } from '#lib/deployments/rollout/rollout-percent.ts';
import { rolloutStatus } from '#lib/deployments/rollout/rollout-status.ts';
import type { FAILURE_CODES, RolloutProgress } from '#lib/model/deployment.ts';
import type { KeptGate } from '#lib/model/deployment-gate.ts';
import { fieldAt } from '#lib/model/json-fields.ts';
import type { PodTrouble, RolloutStatus, RolloutTarget } from '#lib/model/rollout.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { ClusterObject, ObjectPatch } from '#lib/ports/cluster/port.ts';
import { plannedImage, plannedWorkload, restoringPatch } from './workload-object.ts';

type FailureCode = (typeof FAILURE_CODES)[number];

/** What comes next for a deployment under way. Writes to the cluster are looked at before anything else is decided. */
export type Step =
  | { do: 'apply'; object: ClusterObject }
  | { do: 'patch'; patch: ObjectPatch; note: string }
  | { do: 'pause'; paused: boolean }
  /** It was applied, and the row does not know yet. */
  | { do: 'record'; live: ClusterObject }
  | { do: 'wait'; progress: RolloutProgress; isPaused: boolean; seen: Seen; againMs?: number }
  | { do: 'complete'; message: string; progress: RolloutProgress | null; seen?: Seen }
  /** The rollout is complete, and its gate is not. */
  | { do: 'rolled_out'; message: string; progress: RolloutProgress | null }
  | { do: 'begin_gate'; gate: KeptGate }
  | { do: 'judge'; look: PlannedLook; before: readonly GateLook[]; gate: KeptGate; baselineVersion: string }
  | { do: 'hold'; until: Date; message: string }
  | { do: 'fail'; code: FailureCode; message: string; trouble?: PodTrouble }
  | { do: 'supersede'; message: string }
  | { do: 'cancel' };

/** What a look leaves for the next one. */
export interface Seen {
  troubles: Record<string, number>;
  templateHash: string | null;
}

const isLate = (deadline: Date | null, nowMs: number) => deadline !== null && deadline.getTime() <= nowMs;

const fail = (code: FailureCode, message: string): Step => ({ do: 'fail', code, message });

/** What must be running for the rollout to be ours (deployment S-28). */
function targetOf(row: DeploymentRecord): RolloutTarget {
  const restored = containerImage(row.restoredManifest ?? row.manifest, row.container);
  const image = row.kind === 'rollback' && restored ? imageText(restored) : plannedImage(row);
  return { deploymentId: row.id, images: { [row.container]: image }, templateHash: row.templateHash };
}

function progressOf(
  row: DeploymentRecord,
  status: RolloutStatus,
  troubles: readonly PodTrouble[],
  nowMs: number,
): RolloutProgress {
  return {
    phase: status.message,
    replicas: status.replicas.desired,
    updated: status.replicas.updated,
    available: status.replicas.available,
    // More pods are wanted once it is scaled meanwhile: what was done stays done (deployment S-51).
    percent: Math.max(row.progress?.percent ?? 0, rolloutPercent(status)),
    warnings: troubles.map(({ message }) => message),
    observedAt: nowMs,
  };
}

/** The first write of a rollback, or why there is none (deployment S-40 to S-43). */
function goBack(row: DeploymentRecord, look: WorkloadLook): Step {
  const { workload } = look;
  if (fieldAt(workload, 'spec', 'paused') === true) {
    if (row.resumeFirst) return { do: 'pause', paused: false };
    return fail('WORKLOAD_PAUSED', 'A paused workload cannot be rolled back: resume it and roll it back.');
  }
  const marks = { [DEPLOYMENT_ID]: row.id };
  if (row.restoresRevision !== null) {
    const plan = planRollback(workload, look.replicaSets, row.restoresRevision, marks);
    if (plan.kind === 'patch')
      return { do: 'patch', patch: plan.patch, note: `Not rolled back: ${plan.notRolledBack.join(', ')}` };
    if (plan.kind === 'nothing_to_do') return { do: 'complete', message: plan.message, progress: null };
    return fail(plan.kind === 'paused' ? 'WORKLOAD_PAUSED' : 'UNKNOWN_REVISION', plan.message);
  }
  if (row.restoredManifest === null) return fail('UNKNOWN_REVISION', 'Nothing is kept of what ran before.');
  const patch = restoringPatch(workload, row.restoredManifest, row.id);
  if (patch === null)
    return { do: 'complete', message: 'Nothing to do: it is what runs already.', progress: null };
  return {
    ...{ do: 'patch', patch },
    note: 'Not rolled back: the number of replicas, and what ConfigMaps and Secrets hold',
  };
}

/** The first write of a deployment, or why there is none. */
function goOn(row: DeploymentRecord, live: ClusterObject | null): Step {
  const { expectedResourceVersion: expected } = row;
  if (expected !== null && (live?.metadata.resourceVersion ?? '') !== expected)
    return fail('PREVIEW_OUT_OF_DATE', 'The preview is out of date: the workload has changed since.');
  if (live && containerImage(live, row.container) === null)
    return fail('UNKNOWN_CONTAINER', `The workload has no container named ${row.container}.`);
  return { do: 'apply', object: plannedWorkload(row, live) };
}

/** How a rollout of ours goes. */
function follow(row: DeploymentRecord, look: WorkloadLook, nowMs: number): Step {
  const { workload, newest } = look;
  const status = rolloutStatus(workload, { newest, target: targetOf(row) });
  const { troubles, memory } = diagnosePods({
    ...{ deployment: workload, newest, pods: look.pods, patience: DEFAULT_PATIENCE },
    ...{ memory: row.troubles, nowMs },
  });
  const progress = progressOf(row, status, troubles, nowMs);
  const fatal = troubles.find(({ isFatal }) => isFatal);
  const templateHash = row.templateHash ?? newest?.metadata.labels?.[TEMPLATE_HASH] ?? null;
  const seen = { troubles: { ...memory }, templateHash };
  const wait = (isPaused: boolean): Step => ({ do: 'wait', progress, isPaused, seen });
  switch (status.phase) {
    case 'complete':
    case 'unavailable':
      return { do: 'complete', message: status.message, progress, seen };
    case 'superseded':
      return { do: 'supersede', message: status.message };
    case 'failed':
      return fail('ROLLOUT_FAILED', [status.message, ...progress.warnings].join('\n'));
    case 'paused':
      return wait(true);
    case 'in_progress':
      if (fatal) return { ...fail('ROLLOUT_FAILED', fatal.message), trouble: fatal } as Step;
      // What stood still does not count: the deadline is moved when it goes on (deployment S-23). It was of the rollout:
      // a pod that is replaced while the version is judged ends nothing.
      if (!row.isPaused && row.rolledOutAt === null && isLate(row.rolloutDeadlineAt, nowMs))
        return fail(
          'ROLLOUT_TIMEOUT',
          [`It was not complete in time. ${status.message}`, ...progress.warnings].join('\n'),
        );
      return wait(false);
  }
}

/**
 * Decides the next step out of the row and the cluster alone: counters that were remembered never count, so a worker
 * that comes after a crash decides as the one before would have (deployment S-57, S-58).
 *
 * @param look the workload as it is; null where there is none
 */
export function decideStep(row: DeploymentRecord, look: WorkloadLook | null, nowMs: number): Step {
  const live = look?.workload ?? null;
  const isPaused = fieldAt(live, 'spec', 'paused') === true;
  const isOurs = live?.metadata.annotations?.[DEPLOYMENT_ID] === row.id;
  if (isOurs && row.manifest === null) return { do: 'record', live };
  if (row.cancelMode === 'pause_rollout')
    return isOurs && !isPaused ? { do: 'pause', paused: true } : { do: 'cancel' };
  if (!isOurs && row.manifest !== null)
    return live
      ? { do: 'supersede', message: 'Somebody rolled out something newer.' }
      : fail('WORKLOAD_GONE', 'The workload was deleted.');
  if (!isOurs) {
    if (isLate(row.applyDeadlineAt, nowMs))
      return fail('APPLY_TIMEOUT', 'The cluster did not take it in time, and holds nothing of it.');
    if (row.kind === 'deploy') return goOn(row, live);
    return look ? goBack(row, look) : fail('WORKLOAD_GONE', 'The workload was deleted.');
  }
  if (!look) return fail('WORKLOAD_GONE', 'The workload was deleted.');
  if (row.pauseWanted !== null && row.pauseWanted !== isPaused)
    return { do: 'pause', paused: row.pauseWanted };
  return follow(row, look, nowMs);
}
