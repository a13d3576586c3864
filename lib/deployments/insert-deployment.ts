import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { deployments } from '#db/schema/deployments.ts';
import { canonicalJson, toStorableJson } from '#lib/audit/canonical-json.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { formatPlural } from '#lib/model/format.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { activeDeployment } from './active-deployment.ts';
import { type DeploymentRecord, type Doer, moveDeployment, writeEvent } from './move-deployment.ts';

export type NewDeployment = Omit<typeof deployments.$inferInsert, 'id' | 'status' | 'seq' | 'isQueued'>;

/** What was asked for as a hash, so that a repeated key is known for the same or another request (deployment S-54). */
export function payloadHashOf(payload: object): string {
  return createHash('sha256')
    .update(canonicalJson(toStorableJson(payload)))
    .digest('hex');
}

/** The deployment that a key stands for already. @throws AppError `conflict` where it stands for another request */
async function knownByKey(tx: Tx, values: NewDeployment): Promise<DeploymentRecord | null> {
  if (!values.idempotencyKey) return null;
  const own = eq(deployments.teamId, values.teamId);
  const [row] = await tx
    .select()
    .from(deployments)
    .where(and(own, eq(deployments.idempotencyKey, values.idempotencyKey)));
  if (!row) return null;
  if (row.payloadHash === values.payloadHash) return row;
  throw new AppError('conflict', `This idempotency key stands for another request, deployment ${row.id}.`);
}

/** Whether an insert was taken; indexes refuse a second active one of a workload and a second use of a key. */
async function tryInsert(tx: Tx, values: NewDeployment, isQueued: boolean): Promise<DeploymentRecord | null> {
  const [row] = await tx
    .insert(deployments)
    .values({
      ...values,
      ...{ id: uuidv7(), isQueued },
      // Its host is asked of the commit, for whoever looks at the deployment.
      sourceDueAt: values.repositoryId ? (values.createdAt ?? null) : null,
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/**
 * Makes a deployment of a workload that has no active one, or puts it behind the active one. What waits its turn is not
 * held to the state of the workload that was previewed: the one before it changes that.
 *
 * @returns the deployment, and whether this made it; a repeated idempotency key answers with the one it made before
 * @throws AppError `conflict` with the id of the active one (deployment S-55), or for a key with another payload
 */
export async function insertDeployment(
  tx: Tx,
  values: NewDeployment,
  { queue, doer, at, because = '' }: { queue: boolean; doer: Doer; at: Date; because?: string },
): Promise<{ row: DeploymentRecord; isNew: boolean }> {
  const known = await knownByKey(tx, values);
  if (known) return { row: known, isNew: false };
  const later = { ...values, expectedResourceVersion: null };
  const made = (await tryInsert(tx, values, false)) ?? (queue ? await tryInsert(tx, later, true) : null);
  if (!made) {
    const raced = await knownByKey(tx, values);
    if (raced) return { row: raced, isNew: false };
    const active = await activeDeployment(tx, values);
    const message = `Deployment ${active?.id ?? 'of somebody else'} of this workload is under way.`;
    throw new AppError('conflict', message, { issues: [{ path: 'queue', message }] });
  }
  await writeEvent(tx, made, null, {
    code: made.isQueued ? 'queued' : 'created',
    message: because,
    doer,
    at,
  });
  if (made.approvalsNeeded === 0) return { row: made, isNew: true };
  const message = `Needs ${formatPlural(made.approvalsNeeded, 'approval')}`;
  const waiting = await moveDeployment(tx, made, 'awaiting_approval', {
    ...{ code: 'approval.needed', message, doer, at },
  });
  return { row: waiting ?? made, isNew: true };
}
