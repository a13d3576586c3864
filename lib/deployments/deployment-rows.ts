import type { deploymentApprovals, deploymentEvents } from '#db/schema/deployments.ts';
import type { Actor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import type { DeploymentDetail, DeploymentEvent, DeploymentRow } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { decisionRefusal } from './approvals/who-may-decide.ts';
import { type DeploymentFacts, deploymentAbilities } from './deployment-can.ts';
import { type GateLook, gateView } from './judging/gate-progress.ts';
import type { DeploymentRecord } from './move-deployment.ts';
import { containerImage } from './rolling-back/image-reference.ts';

const ms = (at: Date | null): number | null => at?.getTime() ?? null;

/** Whether an actor asked for it: what nobody approves for themselves. */
function isOwn(row: DeploymentRecord, actor: Actor): boolean {
  return actor.kind === 'user' && row.requestedBy?.kind === 'user' && row.requestedBy.id === actor.userId;
}

export function factsOf(row: DeploymentRecord, actor: Actor): DeploymentFacts {
  const wasApplied = row.manifest !== null;
  const hasManifestBefore = row.previousManifest !== null;
  return { ...row, wasApplied, hasManifestBefore, isOwn: isOwn(row, actor) };
}

/** @param row the objects that are kept of it are not looked at */
export function toDeploymentRow(
  row: Omit<DeploymentRecord, 'manifest' | 'previousManifest' | 'restoredManifest'>,
): DeploymentRow {
  const { failureCode: code, failureMessage: message } = row;
  return {
    id: row.id,
    kind: row.kind,
    agent: { id: row.agentId, name: row.agentName },
    environment: row.environment,
    cluster: { id: row.clusterId, name: row.clusterName },
    namespace: row.namespace,
    workload: { kind: row.workloadKind, name: row.workloadName },
    version: row.version,
    digest: row.digest,
    gitRef: row.gitRef,
    status: row.status,
    isPaused: row.isPaused,
    isQueued: row.isQueued,
    unreachableSince: ms(row.unreachableSince),
    failure: code && { code, message: message ?? '' },
    requestedBy: row.requestedByName,
    seq: row.seq,
    createdAt: row.createdAt.getTime(),
    startedAt: ms(row.startedAt),
    finishedAt: ms(row.finishedAt),
  };
}

function toDeploymentEvent(row: typeof deploymentEvents.$inferSelect): DeploymentEvent {
  return {
    id: row.id,
    at: row.at.getTime(),
    from: row.fromStatus,
    to: row.toStatus,
    actor: { kind: row.actorKind, name: row.actorName },
    code: row.code,
    message: row.message,
  };
}

/** What could be done about a failure for which nothing is done by itself (deployment S-64). */
function suggestionFor({ status, kind, manifest, previousManifest }: DeploymentRecord): string | null {
  if (status !== 'failed' || kind !== 'deploy' || manifest === null || previousManifest !== null) return null;
  return 'Nothing ran before it, so there is nothing to roll back to. Undo it by scaling the workload to 0 or deleting it.';
}

/** The commit of a deployment, with what its host said of it so far. */
function sourceOf({ repositoryId, sha, sourceFacts }: DeploymentRecord): DeploymentDetail['source'] {
  if (repositoryId === null || sha === null) return null;
  const { commit = null, pullRequest = null, run = null, readAt = null, error = null } = sourceFacts ?? {};
  return { repositoryId, sha, commit, pullRequest, run, readAt, error };
}

interface Beside {
  events: readonly (typeof deploymentEvents.$inferSelect)[];
  approvals: readonly (typeof deploymentApprovals.$inferSelect)[];
  looks: readonly GateLook[];
  target: { id: string; version: string } | null;
  rolledBackBy: DeploymentDetail['rolledBackBy'];
  next: DeploymentDetail['next'];
}

/** What somebody may do, by the row and by what stands beside it. */
function abilitiesNow(
  row: DeploymentRecord,
  { approvals, rolledBackBy }: Pick<Beside, 'approvals' | 'rolledBackBy'>,
  actor: Actor,
  at: Date,
): DeploymentDetail['can'] {
  const can = deploymentAbilities(factsOf(row, actor), (permission) => holds(actor, permission));
  const decided = approvals.map(({ userId }) => userId);
  const refusal = can.approve.allowed ? decisionRefusal(row, actor, decided, at) : null;
  if (refusal) can.approve = { allowed: false, reason: refusal.message };
  if (can.rollBack.allowed && rolledBackBy !== null && isActive(rolledBackBy.status))
    can.rollBack = { allowed: false, reason: 'It is being rolled back already.' };
  return can;
}

export function toDeploymentDetail(
  row: DeploymentRecord,
  { events, approvals, looks, target, rolledBackBy, next }: Beside,
  actor: Actor,
  at: Date,
): DeploymentDetail {
  const replaced = row.previousManifest && containerImage(row.previousManifest, row.container);
  return {
    ...toDeploymentRow(row),
    container: row.container,
    image: row.image,
    changeCause: row.changeCause,
    running: row.running,
    source: sourceOf(row),
    releaseNotes: row.sourceFacts?.notes ?? null,
    autoRollback: row.autoRollback,
    approvals: {
      needed: row.approvalsNeeded,
      expiresAt: ms(row.approvalExpiresAt),
      given: approvals.map(({ userName, decision, comment, at }) => ({
        by: userName,
        decision,
        comment,
        at: at.getTime(),
      })),
    },
    progress: row.progress,
    deadlineAt: row.rolledOutAt === null ? ms(row.rolloutDeadlineAt) : null,
    gate: gateView(row, looks),
    conflicts: row.conflicts,
    suggestion: suggestionFor(row),
    target,
    rolledBackBy,
    replaces: replaced && { version: replaced.version, digest: replaced.digest },
    isLeftPaused: row.status === 'cancelled' && row.cancelMode === 'pause_rollout',
    next,
    manifest: row.manifest,
    previousManifest: row.previousManifest,
    events: events.map(toDeploymentEvent),
    can: abilitiesNow(row, { approvals, rolledBackBy }, actor, at),
  };
}
