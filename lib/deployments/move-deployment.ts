import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Tx } from '#db/client.ts';
import { deploymentEvents, deployments } from '#db/schema/deployments.ts';
import type { Actor } from '#lib/access/actor.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { ACTIVE_STATUSES, type DeploymentStatus, isActive } from '#lib/model/deployment-status.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { statusesBefore } from './transition.ts';

export type DeploymentRecord = typeof deployments.$inferSelect;
export type DeploymentValues = PgUpdateSetSource<typeof deployments>;

/** Who did something to a deployment, as its timeline names them. */
export interface Doer {
  kind: Actor['kind'];
  id: string;
  name: string;
}

export function doerOf(actor: Actor): Doer {
  if (actor.kind === 'user') return { kind: 'user', id: actor.userId, name: actor.name || actor.email };
  if (actor.kind === 'key') return { kind: 'key', id: actor.keyId, name: actor.keyName };
  return { kind: 'system', id: actor.name, name: actor.name };
}

/** What a change is written with: by whom, at which moment of the database's clock. */
export interface Change {
  code: string;
  message?: string;
  doer: Doer;
  at: Date;
  set?: DeploymentValues;
  /** Of a worker: its fencing token. Whoever has lost the lease writes nothing (deployment S-56). */
  lease?: number;
}

export const noSuchDeployment = () => new AppError('not_found', 'There is no such deployment.');

/** @throws AppError `not_found`, for a deployment of another team too (security Z4) */
export async function lockDeployment(tx: Tx, teamId: string, id: string): Promise<DeploymentRecord> {
  const own = and(eq(deployments.id, id), eq(deployments.teamId, teamId));
  const [row] = await tx.select().from(deployments).where(own).for('update');
  if (!row) throw noSuchDeployment();
  return row;
}

/** The event by which browsers hear of a change. */
export function changedEvent(
  row: DeploymentRecord,
  at: Date,
): Extract<TeamEvent, { type: 'deployment.changed' }> {
  const { id: deploymentId, agentId, seq, status } = row;
  return { type: 'deployment.changed', deploymentId, agentId, seq, status, at: at.getTime() };
}

export async function writeEvent(
  tx: Tx,
  row: DeploymentRecord,
  from: DeploymentStatus | null,
  { code, message = '', doer, at }: Omit<Change, 'set' | 'lease'>,
): Promise<void> {
  await tx.insert(deploymentEvents).values({
    teamId: row.teamId,
    deploymentId: row.id,
    seq: row.seq,
    fromStatus: from,
    toStatus: row.status,
    actorKind: doer.kind,
    actorId: doer.id,
    actorName: doer.name,
    code,
    message,
    at,
  });
}

async function write(
  tx: Tx,
  before: DeploymentRecord,
  values: DeploymentValues,
  change: Change,
  ...where: SQL[]
): Promise<DeploymentRecord | null> {
  const fence = change.lease === undefined ? undefined : eq(deployments.leaseVersion, change.lease);
  const [row] = await tx
    .update(deployments)
    .set({ ...change.set, ...values, seq: sql`${deployments.seq} + 1` })
    .where(and(eq(deployments.id, before.id), fence, ...where))
    .returning();
  if (!row) return null;
  await writeEvent(tx, row, before.status, change);
  return row;
}

/**
 * Gives a deployment another status and writes its event (deployment S-52, S-53). When it is over, the one that waits
 * behind it moves up.
 *
 * @returns null where its status does not admit that any more, or the lease is lost
 */
export async function moveDeployment(
  tx: Tx,
  before: DeploymentRecord,
  to: DeploymentStatus,
  change: Change,
): Promise<DeploymentRecord | null> {
  const started = to === 'in_progress' ? { startedAt: change.at } : {};
  const over = isActive(to) ? {} : { isPaused: false, pauseWanted: null, unreachableSince: null };
  const finished = isActive(to) || to === 'rolled_back' ? {} : { finishedAt: change.at };
  const values = { status: to, ...started, ...over, ...finished };
  return write(tx, before, values, change, inArray(deployments.status, statusesBefore(to)));
}

/** Notes something in the timeline that leaves the status as it is. */
export async function noteOnDeployment(
  tx: Tx,
  before: DeploymentRecord,
  change: Change,
): Promise<DeploymentRecord | null> {
  return write(tx, before, {}, change, eq(deployments.status, before.status));
}

/** Lets the longest waiting deployment of a workload go on, unless another one is active (deployment S-55). */
export async function promoteQueued(
  tx: Tx,
  over: DeploymentRecord,
  at: Date,
): Promise<DeploymentRecord | null> {
  const { clusterId, namespace, workloadKind, workloadName } = over;
  const active = sql.join(
    ACTIVE_STATUSES.map((status) => sql`${status}`),
    sql`, `,
  );
  const [next] = await tx
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.clusterId, clusterId),
        eq(deployments.namespace, namespace),
        eq(deployments.workloadKind, workloadKind),
        eq(deployments.workloadName, workloadName),
        inArray(deployments.status, [...ACTIVE_STATUSES]),
        eq(deployments.isQueued, true),
        sql`not exists (select from deployments other where other.cluster_id = ${clusterId}::uuid
          and other.namespace = ${namespace} and other.workload_kind = ${workloadKind}
          and other.workload_name = ${workloadName} and other.status in (${active}) and not other.is_queued)`,
      ),
    )
    .orderBy(asc(deployments.id))
    .limit(1)
    .for('update', { skipLocked: true });
  if (!next) return null;
  const doer = { kind: 'system', id: 'queue', name: 'queue' } as const;
  const set = { isQueued: false, nextAt: at };
  return noteOnDeployment(tx, next, { code: 'queue.ended', doer, at, set });
}
