import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { databaseNow } from '#db/now.ts';
import { deployTriggers, repositories, triggerRuns } from '#db/schema/repositories.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { stillMay } from '#lib/access/still-may.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { askForDeployment } from '#lib/deployments/create-deployment.ts';
import { changedEvent } from '#lib/deployments/move-deployment.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { createDeploymentSchema } from '#lib/model/deployment-plan.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import type { CodeHost, HostedRepository, WorkflowDispatch } from '#lib/ports/code-host/port.ts';
import { noteLimit } from '#lib/repositories/outbox/host-limits.ts';
import { hostedOf } from '#lib/repositories/outbox/hosted.ts';
import type { HostTools } from '#lib/repositories/outbox/tell-statuses.ts';
import { renderTag, shortRef } from './render-tag.ts';

export interface TriggerTools extends HostTools {
  announce(teamId: string, event: TeamEvent): void;
}

type Run = typeof triggerRuns.$inferSelect;
type Trigger = typeof deployTriggers.$inferSelect;
type Repository = typeof repositories.$inferSelect;

interface Going {
  run: Run;
  trigger: Trigger;
  repository: Repository;
}

/** What is next of a run: it is over, or is looked at again in so many seconds. */
type Next = { over: Partial<Run> } | { inSeconds: number; set?: Partial<Run> };

const BATCH = 10;
const LEASE_SECONDS = 120;
/** From one look at a build to the next, seconds. */
const LOOK_AGAIN_SECONDS = 15;
/** A run that nobody saw begin is given up after this long, a build that does not end after that, milliseconds. */
const FIND_WITHIN_MS = 10 * 60_000;
const BUILD_WITHIN_MS = 6 * 3_600_000;
/** A host that does not answer is asked again for so long, milliseconds. */
const ANSWER_WITHIN_MS = 3_600_000;

const failed = (message: string): Next => ({ over: { status: 'failed', message } });

async function claim({ db }: TriggerTools): Promise<Going[]> {
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select run.id from trigger_runs run
      join deploy_triggers t on t.id = run.trigger_id
      join repositories r on r.id = t.repository_id
      where run.status in ('waiting', 'building') and run.next_at <= now()
        and (run.lease_until is null or run.lease_until <= now())
        and (r.limited_until is null or r.limited_until <= now())
      order by run.next_at limit ${BATCH} for update of run skip locked
    )
    update trigger_runs run set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from due where run.id = due.id
    returning run.id`);
  if (claimed.length === 0) return [];
  return db
    .select({ run: triggerRuns, trigger: deployTriggers, repository: repositories })
    .from(triggerRuns)
    .innerJoin(deployTriggers, eq(deployTriggers.id, triggerRuns.triggerId))
    .innerJoin(repositories, eq(repositories.id, deployTriggers.repositoryId))
    .where(
      inArray(
        triggerRuns.id,
        claimed.map(({ id }) => id),
      ),
    );
}

/** The worker as the ledger names it. */
const workerOf = (teamId: string, requestId: string): SystemActor => ({
  ...{ kind: 'system', name: 'worker', teamId, grants: [] },
  origin: { ip: null, userAgent: null, requestId },
});

/** Asks for the deployment, once however often this is done: the key is the delivery's. */
async function deploy(tools: TriggerTools, { run, trigger, repository }: Going, sha: string): Promise<Next> {
  const { agentId, clusterId, namespace, workload, container, image, teamId } = trigger;
  const plan = createDeploymentSchema.safeParse({
    ...{ agentId, clusterId, namespace, workload, container, image },
    version: renderTag(trigger.tag, { ref: run.ref, sha }),
    ...{ gitRef: run.ref, source: { repositoryId: repository.id, sha } },
    ...{ queue: true, idempotencyKey: run.idempotencyKey },
    changeCause: `${run.deliveryId === null ? 'By hand' : trigger.event} from ${shortRef(run.ref)} of ${repository.fullName}`,
  });
  if (!plan.success)
    return failed(`No image can have this tag: ${renderTag(trigger.tag, { ref: run.ref, sha })}`);
  const by = `trigger of ${repository.fullName}`;
  const { row, isNew, at } = await tools.db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const made = await askForDeployment(tx, teamId, plan.data, {
      doer: { kind: 'system', id: 'trigger', name: by },
      requestedBy: run.requestedBy,
      requestedByName: `${run.requestedByName} (${by})`,
      ...{ at, because: plan.data.changeCause, hostRunId: run.hostRunId },
    });
    const entry = {
      actor: workerOf(teamId, run.id),
      ...{ action: 'deployment.create', target: { kind: 'deployment', id: made.row.id } },
      ...{
        outcome: 'ok' as const,
        after: { ...made.after, trigger: trigger.id, inTheNameOf: run.requestedByName },
      },
    };
    if (made.isNew) await recordAudit(tx, entry, at);
    return { ...made, at };
  });
  if (isNew) tools.announce(teamId, changedEvent(row, at));
  return { over: { status: 'started', deploymentId: row.id, sha } };
}

const dispatchOf = ({ run, trigger }: Going, build: NonNullable<Trigger['build']>): WorkflowDispatch => ({
  ...{ workflow: build.workflow, ref: shortRef(run.ref), inputs: {} },
  correlation:
    build.input === null ? null : { input: build.input, id: `${trigger.id.slice(0, 8)}-${run.id}` },
});

/** Asks for the build, at most once; what was lost of the answer is found by what the run repeats (deployment S-93). */
async function startBuild(
  tools: TriggerTools,
  host: CodeHost,
  hosted: HostedRepository,
  going: Going,
  asked: WorkflowDispatch,
): Promise<Next> {
  const { id } = going.run;
  const [mine] = await tools.db
    .update(triggerRuns)
    .set({ dispatchedAt: sql`now()`, status: 'building' })
    .where(and(eq(triggerRuns.id, id), isNull(triggerRuns.dispatchedAt)))
    .returning({ id: triggerRuns.id });
  // Another worker has taken it over and asked already.
  if (!mine) return { inSeconds: LOOK_AGAIN_SECONDS };
  try {
    const hostRunId = await host.dispatch(hosted, asked);
    if (hostRunId === null && asked.correlation === null)
      return failed('The host does not say which run it started: name an input that its run-name repeats.');
    return { inSeconds: LOOK_AGAIN_SECONDS, set: { hostRunId } };
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Nothing was sent: it is asked for again when the limit is over.
    if (error.code === 'rate_limited')
      await tools.db.update(triggerRuns).set({ dispatchedAt: null }).where(eq(triggerRuns.id, id));
    if (error.code !== 'unavailable' || asked.correlation === null) throw error;
    return { inSeconds: LOOK_AGAIN_SECONDS };
  }
}

/** Follows a build to its end; null where it has succeeded, with the commit that it built. */
async function followBuild(
  host: CodeHost,
  hosted: HostedRepository,
  { run }: Going,
  asked: WorkflowDispatch,
  nowMs: number,
): Promise<Next | { built: string; hostRunId: number }> {
  const sinceMs = nowMs - (run.dispatchedAt?.getTime() ?? nowMs);
  const hostRunId = run.hostRunId ?? (await host.findRun(hosted, asked));
  if (hostRunId === null)
    return sinceMs > FIND_WITHIN_MS
      ? failed('The build was asked for, and no run of it was seen.')
      : { inSeconds: LOOK_AGAIN_SECONDS };
  const { conclusion, sha, url } = await host.getRun(hosted, hostRunId);
  if (conclusion === 'success') return { built: sha, hostRunId };
  if (conclusion !== null) return failed(`The build ended as ${conclusion}: ${url}`);
  if (sinceMs > BUILD_WITHIN_MS) return failed(`The build did not end in time: ${url}`);
  return { inSeconds: LOOK_AGAIN_SECONDS, set: { hostRunId } };
}

/** The commit that a branch or tag is now; kept, so that whoever goes on deploys the same. */
async function commitOf(
  { db }: TriggerTools,
  host: CodeHost,
  hosted: HostedRepository,
  { id, ref }: Run,
): Promise<string> {
  const { sha } = await host.resolveRef(hosted, shortRef(ref));
  await db.update(triggerRuns).set({ sha }).where(eq(triggerRuns.id, id));
  return sha;
}

async function goOn(tools: TriggerTools, going: Going): Promise<Next> {
  const { run, trigger, repository } = going;
  const now = await databaseNow(tools.db);
  if (!(await stillMay(tools.db, run.teamId, run.requestedBy, 'deployments:create', now)))
    return failed(`${run.requestedByName} may no longer deploy.`);
  const host = await tools.host();
  const hosted = hostedOf(repository, tools.sealer);
  if (trigger.build === null) {
    return deploy(tools, going, run.sha ?? (await commitOf(tools, host, hosted, run)));
  }
  const asked = dispatchOf(going, trigger.build);
  if (run.dispatchedAt === null) return startBuild(tools, host, hosted, going, asked);
  const followed = await followBuild(host, hosted, going, asked, now.getTime());
  if (!('built' in followed)) return followed;
  const { built, hostRunId } = followed;
  return deploy(tools, { ...going, run: { ...run, hostRunId } }, built);
}

/** What an error means for a run: hosts that do not answer are asked again, everything else ends it in words. */
async function afterError({ db }: TriggerTools, { run, repository }: Going, error: unknown): Promise<Next> {
  if (!isAppError(error)) throw error;
  const { code, message, retryAfterSeconds = 60 } = error;
  if (code === 'rate_limited') {
    await noteLimit(db, repository, retryAfterSeconds);
    return { inSeconds: retryAfterSeconds };
  }
  const isYoung = (await databaseNow(db)).getTime() - run.createdAt.getTime() < ANSWER_WITHIN_MS;
  return code === 'unavailable' && isYoung ? { inSeconds: 60, set: { message } } : failed(message);
}

async function goOnWith(tools: TriggerTools, going: Going): Promise<void> {
  const next = await goOn(tools, going).catch((error: unknown) => afterError(tools, going, error));
  const ended = { finishedAt: sql`now()`, leaseUntil: null };
  const values =
    'over' in next
      ? { message: '', ...next.over, ...ended }
      : { ...next.set, nextAt: sql`now() + make_interval(secs => ${next.inSeconds})`, leaseUntil: null };
  await tools.db.update(triggerRuns).set(values).where(eq(triggerRuns.id, going.run.id));
}

/**
 * Carries on what triggers started: builds first where they have one, then asks for the deployment (deployment S-93).
 *
 * @returns how many were taken on
 */
export async function runTriggers(tools: TriggerTools): Promise<number> {
  const all = await claim(tools);
  for (const going of all) await goOnWith(tools, going);
  return all.length;
}
