import { eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import { changedEvent, type DeploymentRecord, noteOnDeployment } from '#lib/deployments/move-deployment.ts';
import { lookAtWorkload } from '#lib/deployments/rollout/look-at-workload.ts';
import { runningImages } from '#lib/deployments/rollout/running-images.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { RunningImages } from '#lib/model/deployment.ts';
import { shortDigest } from '#lib/model/image-host.ts';
import { ClusterError } from '#lib/ports/cluster/port.ts';
import type { DeployTools } from './run-deployments.ts';
import { workloadRef } from './workload-object.ts';

type Tools = Pick<DeployTools, 'db' | 'clusters' | 'announce'>;

const EVERY_MINUTES = 5;
const BATCH = 10;
const LOOK_MS = 10_000;

/** Takes on what was completed as the latest of its workload and was not looked at for a while, each by one worker. */
async function claim(db: Db): Promise<DeploymentRecord[]> {
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select d.id from deployments d
      where d.status = 'completed'
        and (d.running_checked_at is null
          or d.running_checked_at <= alert_now() - make_interval(mins => ${EVERY_MINUTES}))
        and not exists (select from deployments later
          where later.cluster_id = d.cluster_id and later.namespace = d.namespace
            and later.workload_name = d.workload_name and later.id > d.id
            and (later.manifest is not null or later.status = 'in_progress'))
      order by d.running_checked_at nulls first limit ${BATCH}
      for update of d skip locked
    )
    update deployments d set running_checked_at = alert_now() from due where d.id = due.id
    returning d.id`);
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id);
  return db.select().from(deployments).where(inArray(deployments.id, ids));
}

const inWords = ({ images }: RunningImages): string =>
  images
    .map(({ digest, pods }) => `${pods} × ${digest === null ? 'an unnamed image' : shortDigest(digest)}`)
    .join(', ');

/** Keeps what was seen; that it has begun to be something else stands in the timeline too. */
async function keep({ db, announce }: Tools, row: DeploymentRecord, running: RunningImages): Promise<void> {
  if (running.isDrifted !== true || row.running?.isDrifted === true) {
    await db.update(deployments).set({ running }).where(eq(deployments.id, row.id));
    return;
  }
  const at = await databaseNow(db);
  const doer = { kind: 'system', id: 'worker', name: 'worker' } as const;
  const message = `Something else runs than was deployed: ${inWords(running)}`;
  const changed = await db.transaction((tx) =>
    noteOnDeployment(tx, row, { code: 'drifted', message, doer, at, set: { running } }),
  );
  if (changed) announce(row.teamId, changedEvent(changed, at));
}

async function observe(tools: Tools, row: DeploymentRecord, signal: AbortSignal): Promise<void> {
  try {
    const cluster = await tools.clusters.get(row.teamId, row.clusterId);
    const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    const look = await lookAtWorkload(cluster, workloadRef(row), within);
    if (!look) return;
    await keep(tools, row, runningImages(look, row, (await databaseNow(tools.db)).getTime()));
  } catch (error) {
    // A cluster that is gone or away has been said elsewhere; what was seen last stays, with its time.
    if (!(error instanceof ClusterError) && !isAppError(error)) throw error;
  }
}

/**
 * Looks at what the pods of deployed workloads really run (deployment S-68).
 *
 * @returns how many were looked at
 */
export async function observeRunning(tools: Tools, signal: AbortSignal): Promise<number> {
  const rows = await claim(tools.db);
  await Promise.all(rows.map((row) => observe(tools, row, signal)));
  return rows.length;
}
