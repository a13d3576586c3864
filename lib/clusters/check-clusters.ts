import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { clusters } from '#db/schema/clusters.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { ACCESS_CHECKS, type AccessFinding } from '#lib/model/cluster.ts';
import { type AccessQuestion, type Cluster, ClusterError } from '#lib/ports/cluster/port.ts';
import type { OpenClusters } from './open-clusters.ts';

/** How long a check may take; a worker that died leaves it to another after that. Milliseconds. */
const CHECK_MS = 15_000;
const BATCH = 10;

export interface CheckTools {
  db: Db;
  clusters: OpenClusters;
  log: Log;
}

/** Asks the cluster what may be done in each namespace; one thing is allowed when all that it takes is. */
async function findAccess(
  cluster: Cluster,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<AccessFinding[]> {
  const checks = namespaces.flatMap((namespace) => ACCESS_CHECKS.map((check) => ({ namespace, ...check })));
  const questions = checks.map((check) =>
    check.verbs.map((verb): AccessQuestion => {
      const { group, resource, namespace } = check;
      const subresource = 'subresource' in check ? { subresource: check.subresource } : {};
      return { verb, group, resource, namespace, ...subresource };
    }),
  );
  const answers = await cluster.mayI(questions.flat(), signal);
  const left = [...answers];
  return checks.map(({ namespace, says, verbs }) => {
    const own = left.splice(0, verbs.length);
    const refused = own.find(({ isAllowed }) => !isAllowed);
    return { namespace, says, isAllowed: refused === undefined, reason: refused?.reason ?? null };
  });
}

type Claimed = Pick<
  typeof clusters.$inferSelect,
  'id' | 'teamId' | 'namespaces' | 'version' | 'checkRequestedAt'
>;

function claim(db: Db): Promise<Claimed[]> {
  const due = sql`${clusters.id} in (
    select id from clusters
    where check_requested_at is not null and (check_lease_until is null or check_lease_until < now())
    order by check_requested_at limit ${BATCH} for update skip locked)`;
  return db
    .update(clusters)
    .set({ checkLeaseUntil: sql`now() + ${`${CHECK_MS + 5000} milliseconds`}::interval` })
    .where(due)
    .returning();
}

/** Words for whoever asked; what is no fault of the cluster or its credentials is ours, and stands in the log. */
function wordsOf(error: unknown, { log }: CheckTools, clusterId: string): string {
  if (error instanceof ClusterError && error.httpStatus === 401)
    return `The cluster refuses the credentials: ${error.message}`;
  if (error instanceof ClusterError || isAppError(error)) return error.message;
  log.error({ err: error, clusterId }, 'a cluster could not be checked');
  return 'The check failed for a reason that stands in the log of the worker.';
}

async function check(tools: CheckTools, claimed: Claimed, stop: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(CHECK_MS)]);
  const found = await tools.clusters
    .get(claimed.teamId, claimed.id)
    .then((cluster) => findAccess(cluster, claimed.namespaces, signal))
    .then((access) => ({ access, lastError: null, lastContactAt: sql`now()` }))
    .catch((error: unknown) => ({ lastError: wordsOf(error, tools, claimed.id) }));
  // One that was asked for meanwhile, or about what has changed since, is still to be done.
  const asked = claimed.checkRequestedAt;
  const isDone = sql`${clusters.version} = ${claimed.version} and ${clusters.checkRequestedAt} = ${asked?.toISOString()}::timestamptz`;
  await tools.db
    .update(clusters)
    .set({
      ...found,
      checkedAt: sql`now()`,
      checkLeaseUntil: null,
      checkRequestedAt: sql`case when ${isDone} then null else ${clusters.checkRequestedAt} end`,
    })
    .where(
      and(
        eq(clusters.id, claimed.id),
        eq(clusters.version, claimed.version),
        isNotNull(clusters.checkLeaseUntil),
      ),
    );
}

/** Does the checks that were asked for, a batch at once; answers with how many. */
export async function checkClusters(tools: CheckTools, signal: AbortSignal): Promise<number> {
  const claimed = await claim(tools.db);
  await Promise.all(claimed.map((each) => check(tools, each, signal)));
  return claimed.length;
}
