import { and, eq } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { finishDeployment } from '#lib/deployments/finish-deployment.ts';
import {
  type Change,
  changedEvent,
  type DeploymentRecord,
  type DeploymentValues,
  doerOf,
  lockDeployment,
  moveDeployment,
  noteOnDeployment,
} from '#lib/deployments/move-deployment.ts';
import { rollBackByItself } from '#lib/deployments/rolling-back/insert-rollback.ts';
import type { FAILURE_CODES } from '#lib/model/deployment.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { LeaseLost } from './lease.ts';

/** Told what becomes of deployments, to be counted (deployment S-101). */
export interface DeployMeter {
  became(status: DeploymentStatus): void;
  /** @param seconds from its beginning to its end */
  rolledOut(status: DeploymentStatus, seconds: number): void;
  /** @param seconds since the quietest worker extended the lease of what it carries out; 0: nobody has one */
  leaseAge(seconds: number): void;
}

export interface SettleTools {
  db: Db;
  meter: DeployMeter;
  announce(teamId: string, event: TeamEvent): void;
}

interface Note {
  code: string;
  message?: string;
  set?: DeploymentValues;
}

/** The worker as the ledger and timelines name it. */
const workerOf = (teamId: string, requestId: string): SystemActor => ({
  ...{ kind: 'system', name: 'worker', teamId, grants: [] },
  origin: { ip: null, userAgent: null, requestId },
});

function changeBy(row: DeploymentRecord, note: Note, at: Date): Change {
  return { ...note, doer: doerOf(workerOf(row.teamId, row.id)), at, lease: row.leaseVersion };
}

async function audit(tx: Tx, row: DeploymentRecord, from: DeploymentStatus, at: Date): Promise<void> {
  const entry = {
    actor: workerOf(row.teamId, row.id),
    action: `deployment.${row.status.replace('_', '-')}`,
    target: { kind: 'deployment', id: row.id },
    outcome: 'ok' as const,
    before: { status: from },
    after: { status: row.status, version: row.version, code: row.failureCode, message: row.failureMessage },
  };
  await recordAudit(tx, entry, at);
}

/**
 * Writes something of the job into the timeline; the status stays.
 *
 * @param beside what is written with it, in its transaction
 * @throws LeaseLost
 */
export async function note(
  { db, announce }: SettleTools,
  row: DeploymentRecord,
  what: Note,
  beside?: (tx: Tx, when: { at: Date }) => Promise<void>,
): Promise<DeploymentRecord> {
  const { changed, at } = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const changed = await noteOnDeployment(tx, row, changeBy(row, what, at));
    if (changed) await beside?.(tx, { at });
    return { changed, at };
  });
  if (!changed) throw new LeaseLost(`deployment ${row.id} was taken over`);
  announce(row.teamId, changedEvent(changed, at));
  return changed;
}

/** Begins: what was pending or approved is under way. @throws LeaseLost */
export async function begin(tools: SettleTools, row: DeploymentRecord): Promise<DeploymentRecord> {
  const { changed, at } = await tools.db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const changed = await moveDeployment(tx, row, 'in_progress', changeBy(row, { code: 'started' }, at));
    if (changed) await audit(tx, changed, row.status, at);
    return { changed, at };
  });
  if (!changed) throw new LeaseLost(`deployment ${row.id} was taken over`);
  tools.meter.became('in_progress');
  tools.announce(row.teamId, changedEvent(changed, at));
  return changed;
}

/** What a rollback took back is rolled back once it is complete, never before (deployment S-63). */
async function markTaken(
  tx: Tx,
  rollback: DeploymentRecord,
  at: Date,
): Promise<ReturnType<typeof changedEvent>[]> {
  const { targetDeploymentId, teamId } = rollback;
  if (rollback.kind !== 'rollback' || targetDeploymentId === null) return [];
  const [known] = await tx
    .select({ id: deployments.id })
    .from(deployments)
    .where(and(eq(deployments.id, targetDeploymentId), eq(deployments.teamId, teamId)));
  if (!known) return [];
  const target = await lockDeployment(tx, teamId, targetDeploymentId);
  const doer = doerOf(workerOf(teamId, rollback.id));
  const message = `Rolled back by deployment ${rollback.id}`;
  const taken = await moveDeployment(tx, target, 'rolled_back', { code: 'rolled_back', message, doer, at });
  return taken ? [changedEvent(taken, at)] : [];
}

/** Ends a deployment with everything that follows from it, in one transaction. @throws LeaseLost */
async function end(
  { db, meter, announce }: SettleTools,
  row: DeploymentRecord,
  to: DeploymentStatus,
  what: Note,
): Promise<void> {
  const done = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const followed =
      to === 'failed' ? (failed: DeploymentRecord) => rollBackByItself(tx, failed, at) : undefined;
    const ended = await finishDeployment(tx, row, to, changeBy(row, what, at), followed);
    if (!ended) return null;
    await audit(tx, ended.row, row.status, at);
    const taken = to === 'completed' ? await markTaken(tx, ended.row, at) : [];
    return { events: [...ended.events, ...taken], taken, at };
  });
  if (!done) throw new LeaseLost(`deployment ${row.id} was taken over`);
  meter.became(to);
  // Being judged is no part of a rollout.
  const end = row.rolledOutAt ?? done.at;
  if (row.startedAt) meter.rolledOut(to, (end.getTime() - row.startedAt.getTime()) / 1000);
  for (const { status } of done.taken) meter.became(status);
  for (const event of done.events) announce(row.teamId, event);
}

export const complete = (tools: SettleTools, row: DeploymentRecord, message: string, set: DeploymentValues) =>
  end(tools, row, 'completed', { code: 'completed', message, set });

export const supersede = (tools: SettleTools, row: DeploymentRecord, message: string) =>
  end(tools, row, 'superseded', { code: 'superseded', message });

export const cancelByWorker = (tools: SettleTools, row: DeploymentRecord) =>
  end(tools, row, 'cancelled', { code: 'cancelled', message: 'The rollout is paused' });

export const fail = (
  tools: SettleTools,
  row: DeploymentRecord,
  failureCode: (typeof FAILURE_CODES)[number],
  failureMessage: string,
  set: DeploymentValues = {},
) =>
  end(tools, row, 'failed', {
    ...{ code: failureCode, message: failureMessage },
    set: { ...set, failureCode, failureMessage },
  });
