import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import { isTaken } from '#db/taken.ts';
import { stillMay } from '#lib/access/still-may.ts';
import { gateDeadline } from '#lib/deployments/judging/gate-progress.ts';
import { readGateLooks } from '#lib/deployments/judging/read-looks.ts';
import { changedEvent, type DeploymentRecord, promoteQueued } from '#lib/deployments/move-deployment.ts';
import { freezeAt } from '#lib/deployments/policies/freeze-windows.ts';
import { containerImage, imageReference } from '#lib/deployments/rolling-back/image-reference.ts';
import { LAST_LINES, withLastLines } from '#lib/deployments/rollout/diagnose-pods.ts';
import { lookAtWorkload, type WorkloadLook } from '#lib/deployments/rollout/look-at-workload.ts';
import { runningImages } from '#lib/deployments/rollout/running-images.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { numberAt } from '#lib/model/json-fields.ts';
import type { PodTrouble } from '#lib/model/rollout.ts';
import { type Cluster, ClusterError } from '#lib/ports/cluster/port.ts';
import { decideGate } from './decide-gate.ts';
import { decideStep, type Step } from './decide-step.ts';
import { claimDeployments, LeaseLost, releaseLease, writeUnderLease } from './lease.ts';
import { begin, cancelByWorker, complete, fail, note, supersede } from './settle.ts';
import { type DigestTools, refuseMovedTag, resolveTag } from './settle-digest.ts';
import { beginGate, type GateTools, takeLook } from './take-look.ts';
import { storedObject, workloadRef } from './workload-object.ts';
import { applyObject, patchWorkload, refusedForGood } from './write-to-cluster.ts';

/** The clusters of teams, open. */
export interface ClusterSource {
  /** @throws AppError `not_found` for one that is gone; ClusterError */
  get(teamId: string, clusterId: string): Promise<Cluster>;
}

export interface DeployTools extends DigestTools, GateTools {
  /** Names this worker on its leases. */
  worker: string;
  log: Log;
  clusters: ClusterSource;
}

/** From one look at a rollout to the next, milliseconds. */
const LOOK_AGAIN_MS = 2000;
/** After a request without an answer, milliseconds. */
const ANSWERLESS_MS = 5000;
/** A freeze may be ended early: it is looked at so often, milliseconds. */
const FROZEN_MS = 60_000;
const LOOK_MS = 20_000;
/** From the first try on a cluster has so long to take a version; longer than the lease of a worker that died trying. */
const TAKE_MS = 180_000;
/** What Kubernetes takes for a workload that does not say how long it may take, and what is added to it, seconds. */
const PROGRESS_DEADLINE_SECONDS = 600;
const MARGIN_SECONDS = 60;
/** One claim takes so many steps at most before others get their turn. */
const MOST_STEPS = 8;

/** Milliseconds after which it is due again; null: it is over. */
type Due = number | null;

/** What must still be so before the cluster is touched; answers with null where it goes on. */
async function heldBack(tools: DeployTools, row: DeploymentRecord): Promise<{ due: Due } | null> {
  const { db } = tools;
  const at = await databaseNow(db);
  if (row.status === 'awaiting_approval' && row.approvedAt === null) {
    if (row.approvalExpiresAt !== null && row.approvalExpiresAt <= at)
      await fail(tools, row, 'APPROVAL_EXPIRED', 'Nobody approved it in time.');
    return { due: null };
  }
  const permission = row.kind === 'rollback' ? 'deployments:rollback' : 'deployments:create';
  if (!(await stillMay(db, row.teamId, row.requestedBy, permission, at))) {
    await fail(tools, row, 'NO_LONGER_ALLOWED', `${row.requestedByName} may no longer do this.`);
    return { due: null };
  }
  const freeze = row.kind === 'deploy' ? await freezeAt(db, row.teamId, row.environment, at) : null;
  if (!freeze) return null;
  const phase = `Held by the freeze ${freeze.name} until ${freeze.endsAt.toISOString()}`;
  if (row.progress?.phase !== phase) {
    const counts = { replicas: 0, updated: 0, available: 0, percent: 0 };
    const progress = { phase, ...counts, warnings: [], observedAt: at.getTime() };
    await note(tools, row, { code: 'frozen', message: phase, set: { progress } });
  }
  return { due: Math.min(FROZEN_MS, freeze.endsAt.getTime() - at.getTime()) };
}

/** The absolute moments that a restart does not move, written once, before the first write to the cluster. */
async function prepare(
  tools: DeployTools,
  row: DeploymentRecord,
  look: WorkloadLook | null,
  nowMs: number,
): Promise<DeploymentRecord> {
  const seconds = numberAt(look?.workload, 'spec', 'progressDeadlineSeconds') ?? PROGRESS_DEADLINE_SECONDS;
  return writeUnderLease(tools.db, row, {
    previousManifest: look ? storedObject(look.workload) : null,
    applyDeadlineAt: row.applyDeadlineAt ?? new Date(nowMs + TAKE_MS),
    rolloutDeadlineAt: row.rolloutDeadlineAt ?? new Date(nowMs + (seconds + MARGIN_SECONDS) * 1000),
  });
}

/** A crash with the last words of the container that crashed, as far as the cluster still has them (deployment S-34). */
async function toldInFull(cluster: Cluster, row: DeploymentRecord, trouble: PodTrouble): Promise<string> {
  const { pod, container } = trouble;
  if (trouble.kind !== 'crash' || pod === null || container === null) return trouble.message;
  const lines: string[] = [];
  const query = { container, isPrevious: true, follow: false, tailLines: LAST_LINES };
  try {
    const place = { namespace: row.namespace, name: pod };
    for await (const { text } of cluster.logs(place, query, AbortSignal.timeout(LOOK_MS))) lines.push(text);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
  }
  return withLastLines(trouble, lines).message;
}

/** The rollout was let go on, or stands: its deadline stands still meanwhile (deployment S-23). */
async function followPause(
  tools: DeployTools,
  row: DeploymentRecord,
  { isPaused, progress, seen }: Extract<Step, { do: 'wait' }>,
  nowMs: number,
): Promise<void> {
  // In the database, so that what somebody wants just now is not lost.
  const { pauseWanted: wanted } = deployments;
  const pauseWanted = sql`case when ${wanted} = ${isPaused} then null else ${wanted} end`;
  const set = { progress, ...seen, pauseWanted };
  if (isPaused === row.isPaused) {
    const isNews = row.progress?.phase !== progress.phase || row.progress.available !== progress.available;
    if (isNews) await note(tools, row, { code: 'progress', message: progress.phase, set });
    else await writeUnderLease(tools.db, row, set);
    return;
  }
  if (isPaused) {
    const stands = { isPaused: true, pausedAt: new Date(nowMs) };
    await note(tools, row, { code: 'paused', set: { ...set, ...stands } });
    return;
  }
  const stoodMs = row.pausedAt ? nowMs - row.pausedAt.getTime() : 0;
  const rolloutDeadlineAt = row.rolloutDeadlineAt && new Date(row.rolloutDeadlineAt.getTime() + stoodMs);
  const goesOn = { isPaused: false, pausedAt: null, rolloutDeadlineAt };
  await note(tools, row, { code: 'resumed', set: { ...set, ...goesOn } });
}

/** What was applied, as the cluster holds it; of a rollback to a revision only now is known which version it is. */
function recorded(row: DeploymentRecord, step: Extract<Step, { do: 'record' }>) {
  const manifest = storedObject(step.live);
  const restored = row.kind === 'rollback' ? containerImage(manifest, row.container) : null;
  const { image, version, digest } = restored ?? imageReference('');
  return { manifest, ...(restored ? { image, version: version ?? row.version, digest } : {}) };
}

async function act(
  tools: DeployTools,
  { cluster, row, look, step, nowMs, signal }: Acting,
): Promise<{ row: DeploymentRecord; due: Due | 'again' }> {
  switch (step.do) {
    case 'apply': {
      const held = await prepare(tools, row, look, nowMs);
      await applyObject(cluster, held, { object: step.object, live: look?.workload ?? null }, signal);
      return { row: held, due: 'again' };
    }
    case 'patch': {
      const held = await prepare(tools, row, look, nowMs);
      await patchWorkload(cluster, held, step.patch, signal);
      return { row: await note(tools, held, { code: 'patched', message: step.note }), due: 'again' };
    }
    case 'pause': {
      const held = await writeUnderLease(tools.db, row);
      const patch = { form: 'merge', body: { spec: { paused: step.paused } } } as const;
      await patchWorkload(cluster, held, patch, signal);
      return { row: held, due: 'again' };
    }
    case 'record': {
      const { image, version, digest, kind } = row;
      const isByTag = kind === 'deploy' && digest === null;
      const message = `${image}:${version} is applied${isByTag ? ' by its tag alone: it was not looked up what that stands for' : ''}`;
      return {
        row: await note(tools, row, { code: 'applied', message, set: recorded(row, step) }),
        due: 'again',
      };
    }
    case 'wait':
      await followPause(tools, row, step, nowMs);
      return { row, due: step.againMs ?? LOOK_AGAIN_MS };
    case 'rolled_out': {
      const set = { rolledOutAt: new Date(nowMs), ...(step.progress ? { progress: step.progress } : {}) };
      return {
        row: await note(tools, row, { code: 'rolled_out', message: step.message, set }),
        due: 'again',
      };
    }
    case 'begin_gate':
      return { row: await beginGate(tools, row, step.gate, new Date(nowMs)), due: 'again' };
    case 'judge':
      return { row: await takeLook(tools, row, step), due: 'again' };
    case 'hold': {
      const set = { gateHeldUntil: step.until };
      return { row: await note(tools, row, { code: 'gate.held', message: step.message, set }), due: 'again' };
    }
    case 'complete': {
      const running = look ? runningImages(look, row, nowMs) : null;
      await complete(tools, row, step.message, {
        ...(step.progress && { progress: step.progress }),
        running,
      });
      return { row, due: null };
    }
    case 'supersede':
      await supersede(tools, row, step.message);
      return { row, due: null };
    case 'cancel':
      await cancelByWorker(tools, row);
      return { row, due: null };
    case 'fail': {
      const message = step.trouble ? await toldInFull(cluster, row, step.trouble) : step.message;
      await fail(tools, row, step.code, message);
      return { row, due: null };
    }
  }
}

interface Acting {
  cluster: Cluster;
  row: DeploymentRecord;
  look: WorkloadLook | null;
  step: Step;
  nowMs: number;
  signal: AbortSignal;
}

/** No answer: it stays under way, and fails only when its time is over (deployment S-60). */
async function withoutAnswer(tools: DeployTools, row: DeploymentRecord, error: ClusterError): Promise<Due> {
  const at = await databaseNow(tools.db);
  const gateEnd = gateDeadline(row);
  const deadline = gateEnd ?? row.rolloutDeadlineAt;
  if (deadline !== null && deadline <= at && !row.isPaused) {
    const code = gateEnd ? 'GATE_EXPIRED' : row.manifest === null ? 'APPLY_TIMEOUT' : 'ROLLOUT_TIMEOUT';
    await fail(tools, row, code, `The cluster did not answer until its time was over: ${error.message}`);
    return null;
  }
  if (row.unreachableSince === null)
    await note(tools, row, {
      ...{ code: 'cluster.unreachable', message: error.message },
      set: {
        unreachableSince: at,
        // What never could begin is not waited for without end.
        rolloutDeadlineAt:
          row.rolloutDeadlineAt ??
          new Date(at.getTime() + (PROGRESS_DEADLINE_SECONDS + MARGIN_SECONDS) * 1000),
      },
    });
  return error.retryAfterMs ?? ANSWERLESS_MS;
}

/** Looks, decides and acts until there is nothing to do but wait. */
async function goThrough(
  tools: DeployTools,
  claimed: DeploymentRecord,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Due> {
  let row = claimed;
  try {
    for (let steps = 0; steps < MOST_STEPS && !signal.aborted; steps++) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
      const look = await lookAtWorkload(cluster, workloadRef(row), within);
      if (row.unreachableSince !== null)
        row = await note(tools, row, { code: 'cluster.back', set: { unreachableSince: null } });
      const nowMs = (await databaseNow(tools.db)).getTime();
      const looks = row.gateStartedAt === null ? [] : await readGateLooks(tools.db, row.id);
      const step = decideGate(decideStep(row, look, nowMs), row, looks, nowMs);
      const done = await act(tools, { cluster, row, look, step, nowMs, signal });
      row = done.row;
      if (done.due !== 'again') return done.due;
    }
    return LOOK_AGAIN_MS;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    // This worker stops: the cluster has done nothing wrong, and another worker goes on.
    if (signal.aborted) return LOOK_AGAIN_MS;
    if (await refusedForGood(tools, row, error)) return null;
    return withoutAnswer(tools, row, error);
  }
}

async function carryOut(tools: DeployTools, claimed: DeploymentRecord, signal: AbortSignal): Promise<Due> {
  let row = claimed;
  if (row.status !== 'in_progress') {
    const isNew = row.resolvesTag && row.digest === null;
    const resolved = isNew ? await resolveTag(tools, row, signal) : { row };
    if ('due' in resolved) return resolved.due;
    const held = await heldBack(tools, resolved.row);
    if (held) return held.due;
    const checked = row.resolvesTag && !isNew ? await refuseMovedTag(tools, resolved.row, signal) : resolved;
    if ('due' in checked) return checked.due;
    row = await begin(tools, checked.row);
  }
  try {
    return await goThrough(tools, row, await tools.clusters.get(row.teamId, row.clusterId), signal);
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') {
      await fail(tools, row, 'CLUSTER_GONE', `The cluster ${row.clusterName} was removed.`);
      return null;
    }
    if (!(error instanceof ClusterError)) throw error;
    return withoutAnswer(tools, row, error);
  }
}

/** One deployment as far as it gets now; whoever lost its lease leaves it alone. */
async function carryOutOne(tools: DeployTools, row: DeploymentRecord, signal: AbortSignal): Promise<void> {
  try {
    const due = await carryOut(tools, row, signal);
    await releaseLease(tools.db, row, due ?? 0);
  } catch (error) {
    if (error instanceof LeaseLost) tools.log.warn({ deploymentId: row.id }, error.message);
    else throw error;
  }
}

/**
 * Lets a deployment go on that was put behind another at the very moment at which that one ended, so that nobody saw it
 * wait.
 */
async function promoteForgotten({ db, announce }: DeployTools): Promise<void> {
  const [forgotten] = await db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.isQueued, true),
        inArray(deployments.status, ['pending', 'awaiting_approval']),
        sql`not exists (select from deployments other where other.cluster_id = ${deployments.clusterId}
          and other.namespace = ${deployments.namespace} and other.workload_kind = ${deployments.workloadKind}
          and other.workload_name = ${deployments.workloadName} and not other.is_queued
          and other.status in ('pending', 'awaiting_approval', 'in_progress'))`,
      ),
    )
    .orderBy(asc(deployments.id))
    .limit(1);
  if (!forgotten) return;
  try {
    const changed = await db.transaction(async (tx) => promoteQueued(tx, forgotten, await databaseNow(tx)));
    if (changed) announce(changed.teamId, changedEvent(changed, changed.nextAt));
  } catch (error) {
    // Another one was asked for meanwhile: it ends, and the next in the queue follows.
    if (!isTaken(error)) throw error;
  }
}

/**
 * Carries out the deployments that are due, side by side.
 *
 * @returns how many were taken on
 */
export async function runDeployments(tools: DeployTools, signal: AbortSignal): Promise<number> {
  await promoteForgotten(tools);
  const rows = await claimDeployments(tools.db, tools.worker);
  const results = await Promise.allSettled(rows.map((row) => carryOutOne(tools, row, signal)));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} deployments could not be carried on`);
  return rows.length;
}
