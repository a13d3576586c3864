import { and, desc, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import { repositories } from '#db/schema/repositories.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { type KeptSource, pullRequestsIn, type ReleaseNotes } from '#lib/model/source-facts.ts';
import type { CodeHost, HostedRepository } from '#lib/ports/code-host/port.ts';
import { noteLimit } from '#lib/repositories/outbox/host-limits.ts';
import { hostedOf } from '#lib/repositories/outbox/hosted.ts';
import type { HostTools } from '#lib/repositories/outbox/tell-statuses.ts';

const BATCH = 10;
/** Whoever takes one on has so long; a worker that died leaves it to another after that, seconds. */
const LEASE_SECONDS = 120;
/** While a workflow runs it is looked at so often, and a host that does not answer is asked so often, seconds. */
const RUNNING_SECONDS = 30;
const MOST_FAILURES = 6;

const NOTHING: KeptSource = {
  ...{ commit: null, pullRequest: null, run: null, notes: null },
  ...{ readAt: null, error: null, failures: 0 },
};

type Described = { row: DeploymentRecord; repository: typeof repositories.$inferSelect };

async function claim(db: Db): Promise<Described[]> {
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select d.id from deployments d join repositories r on r.id = d.repository_id and r.team_id = d.team_id
      where d.source_due_at <= alert_now() and (r.limited_until is null or r.limited_until <= now())
      order by d.source_due_at limit ${BATCH} for update of d skip locked
    )
    update deployments d set source_due_at = alert_now() + make_interval(secs => ${LEASE_SECONDS})
    from due where d.id = due.id
    returning d.id`);
  if (claimed.length === 0) return [];
  return db
    .select({ row: deployments, repository: repositories })
    .from(deployments)
    .innerJoin(repositories, eq(repositories.id, deployments.repositoryId))
    .where(
      inArray(
        deployments.id,
        claimed.map(({ id }) => id),
      ),
    );
}

/** The commit that ran before, where it is known and of the same repository. */
async function baseOf(db: Db, row: DeploymentRecord): Promise<string | null> {
  const [before] = await db
    .select({ repositoryId: deployments.repositoryId, sha: deployments.sha })
    .from(deployments)
    .where(
      and(
        eq(deployments.clusterId, row.clusterId),
        eq(deployments.namespace, row.namespace),
        eq(deployments.workloadName, row.workloadName),
        eq(deployments.status, 'completed'),
        isNotNull(deployments.manifest),
        lt(deployments.id, row.id),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  const isSame = before?.repositoryId === row.repositoryId && before?.sha !== row.sha;
  return isSame ? (before?.sha ?? null) : null;
}

/** What is new in a version against what ran before; a rollback brings nothing new. */
async function notesOf(
  db: Db,
  host: CodeHost,
  hosted: HostedRepository,
  row: DeploymentRecord,
): Promise<ReleaseNotes | null> {
  const baseSha = row.kind === 'rollback' ? null : await baseOf(db, row);
  if (baseSha === null) return null;
  const { commits, total, url } = await host.compare(hosted, baseSha, row.sha ?? '');
  return {
    baseSha,
    total,
    url,
    commits,
    pullRequests: pullRequestsIn(commits.map(({ message }) => message)),
  };
}

async function read(tools: HostTools, { row, repository }: Described): Promise<KeptSource> {
  const host = await tools.host();
  const hosted = hostedOf(repository, tools.sealer);
  const known = row.sourceFacts ?? NOTHING;
  const sha = row.sha ?? '';
  const run = row.hostRunId === null ? null : await host.getRun(hosted, row.hostRunId);
  return {
    commit: known.commit ?? (await host.resolveRef(hosted, sha)),
    pullRequest: await host.pullRequestOf(hosted, sha),
    run: run && { id: run.id, status: run.status, conclusion: run.conclusion, url: run.url },
    notes: known.notes ?? (await notesOf(tools.db, host, hosted, row)),
    ...{ readAt: (await databaseNow(tools.db)).getTime(), error: null, failures: 0 },
  };
}

async function describe(tools: HostTools, described: Described): Promise<void> {
  const { row, repository } = described;
  let kept: KeptSource;
  let inSeconds: number | null = null;
  try {
    kept = await read(tools, described);
    if (kept.run !== null && kept.run.conclusion === null) inSeconds = RUNNING_SECONDS;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { code, message, retryAfterSeconds = 60 } = error;
    const former = row.sourceFacts ?? NOTHING;
    if (code === 'rate_limited') await noteLimit(tools.db, repository, retryAfterSeconds);
    // A limit is no fault of what is asked for.
    const failures = former.failures + (code === 'rate_limited' ? 0 : 1);
    kept = { ...former, error: message, failures };
    if (failures < MOST_FAILURES) inSeconds = Math.max(retryAfterSeconds, 2 ** failures * 15);
  }
  const dueAt = inSeconds === null ? null : sql`alert_now() + make_interval(secs => ${inSeconds})`;
  await tools.db
    .update(deployments)
    .set({ sourceFacts: kept, sourceDueAt: dueAt })
    .where(eq(deployments.id, row.id));
}

/**
 * Asks hosts of the commits of deployments: who wrote them, which pull request brought them, how their workflow goes, and
 * what is new against what ran before. No deployment waits for it.
 *
 * @returns how many were asked about
 */
export async function describeSources(tools: HostTools): Promise<number> {
  const all = await claim(tools.db);
  for (const each of all) await describe(tools, each);
  return all.length;
}
