import { eq, inArray, sql } from 'drizzle-orm';
import { deploymentPreviews } from '#db/schema/deployments.ts';
import { containerImage } from '#lib/deployments/rolling-back/image-reference.ts';
import { objectDiff } from '#lib/deployments/rollout/object-diff.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { gitOpsOwner, revertWarning } from '#lib/model/git-ops-owner.ts';
import { fieldAt, recordAt } from '#lib/model/json-fields.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import { type Cluster, ClusterError, type ClusterObject } from '#lib/ports/cluster/port.ts';
import { droppedReplicas } from './replicas.ts';
import type { DeployTools } from './run-deployments.ts';
import { type Planned, plannedWorkload, workloadRef } from './workload-object.ts';
import { FIELD_MANAGER } from './write-to-cluster.ts';

type Row = typeof deploymentPreviews.$inferSelect;
type Answer = Partial<
  Pick<
    Row,
    | 'status'
    | 'message'
    | 'digest'
    | 'platformDigests'
    | 'resourceVersion'
    | 'changes'
    | 'conflicts'
    | 'warnings'
  >
>;

const BATCH = 10;
const LEASE_SECONDS = 20;
const BY_TAG = 'It is deployed by its tag alone: what runs is what that stands for when a node pulls it.';
const PAUSED = 'The workload is paused: nothing rolls out until somebody resumes it.';
/** Somebody looks at the page meanwhile, milliseconds. */
const ANSWER_MS = 5000;

async function claim({ db }: DeployTools): Promise<Row[]> {
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select id from deployment_previews
      where status = 'waiting' and (lease_until is null or lease_until <= alert_now())
      order by created_at limit ${BATCH}
      for update skip locked
    )
    update deployment_previews p set lease_until = alert_now() + make_interval(secs => ${LEASE_SECONDS})
    from due where p.id = due.id
    returning p.id`);
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id);
  return db.select().from(deploymentPreviews).where(inArray(deploymentPreviews.id, ids));
}

function plannedOf({ id, plan, resourceVersion }: Row, digest: string | null): Planned {
  const { namespace, workload: workloadName, container, image, version, changeCause } = plan;
  const what = { container, image, version, digest, changeCause };
  return { id, namespace, workloadName, ...what, expectedResourceVersion: resourceVersion };
}

/** The object as it would be; where others own fields, as it would be if they lost them, and who they are. */
async function wouldBe(
  cluster: Cluster,
  planned: Planned,
  object: ClusterObject,
  signal: AbortSignal,
): Promise<{ would: ClusterObject; conflicts: Row['conflicts'] }> {
  const options = { fieldManager: FIELD_MANAGER, dryRun: true };
  const ref = workloadRef(planned);
  try {
    return { would: await cluster.apply(ref, object, { ...options, force: false }, signal), conflicts: [] };
  } catch (error) {
    if (!(error instanceof ClusterError && error.code === 'field_conflict')) throw error;
    const would = await cluster.apply(ref, object, { ...options, force: true }, signal);
    return { would, conflicts: error.causes.filter(({ manager }) => manager !== FIELD_MANAGER) };
  }
}

/** What is handed over before the apply stays as it is: no dry run can do both (deployment S-06). */
function withHeldReplicas(object: ClusterObject, live: ClusterObject | null): ClusterObject {
  const replicas = droppedReplicas(live, FIELD_MANAGER);
  return replicas === null ? object : { ...object, spec: { ...recordAt(object, 'spec'), replicas } };
}

/** What would run: as it was given, else what the tag stands for now (deployment S-67). */
async function imageOf({ images }: DeployTools, { teamId, plan }: Row, signal: AbortSignal) {
  const { image, version, digest, byTag } = plan;
  if (digest !== null || byTag) return { digest, platforms: [] };
  return images.resolve(teamId, image, version, signal);
}

/** The same apply without doing it, against the workload as it is (deployment S-12 to S-16). */
async function answer(tools: DeployTools, row: Row, signal: AbortSignal): Promise<Answer> {
  const cluster = await tools.clusters.get(row.teamId, row.plan.clusterId);
  const { digest, platforms } = await imageOf(tools, row, signal);
  const planned = plannedOf(row, digest);
  const live = await cluster.read(workloadRef(planned), signal);
  if (live && containerImage(live, planned.container) === null)
    return { status: 'failed', message: `The workload has no container named ${planned.container}.` };
  const object = withHeldReplicas(plannedWorkload(planned, live), live);
  const { would, conflicts } = await wouldBe(cluster, planned, object, signal);
  const owner = live && gitOpsOwner(live);
  return {
    status: 'ready',
    resourceVersion: live?.metadata.resourceVersion ?? '',
    // Which deployment it was is ours to know and changes each time.
    changes: objectDiff(live, would).filter(({ path }) => !path.includes(DEPLOYMENT_ID)),
    ...{ conflicts, digest, platformDigests: platforms },
    warnings: [
      ...(fieldAt(live, 'spec', 'paused') === true ? [PAUSED] : []),
      ...(owner ? [revertWarning(owner)] : []),
      ...(digest === null ? [BY_TAG] : []),
    ],
  };
}

async function answerOne(tools: DeployTools, row: Row, signal: AbortSignal): Promise<void> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  let said: Answer;
  try {
    said = await answer(tools, row, within);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ClusterError) && !isAppError(error)) throw error;
    said = { status: 'failed', message: error.message };
  }
  await tools.db.update(deploymentPreviews).set(said).where(eq(deploymentPreviews.id, row.id));
}

/**
 * Answers what deployments would change, and forgets what nobody can confirm any more.
 *
 * @returns how many were answered
 */
export async function runPreviews(tools: DeployTools, signal: AbortSignal): Promise<number> {
  const rows = await claim(tools);
  await Promise.all(rows.map((row) => answerOne(tools, row, signal)));
  if (rows.length > 0)
    await tools.db.execute(
      sql`delete from deployment_previews where expires_at < alert_now() - interval '1 day'`,
    );
  return rows.length;
}
