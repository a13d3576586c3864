import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { hostDeployments, hostStatuses, repositories } from '#db/schema/repositories.ts';
import type { Sealer } from '#lib/command/context.ts';
import { type AppError, isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { paths } from '#lib/model/paths.ts';
import type { CodeHost } from '#lib/ports/code-host/port.ts';
import { noteLimit } from './host-limits.ts';
import { hostedOf } from './hosted.ts';

/** What telling works with. */
export interface HostTools {
  db: Db;
  sealer: Pick<Sealer, 'open'>;
  log: Log;
  /** Loaded when the first is to be told something. */
  host(): Promise<CodeHost>;
  /** The public address, without a slash at its end. */
  appUrl: string;
}

interface Claim extends Record<string, unknown> {
  id: string;
  token: string;
  attempts: number;
  expired: boolean;
}

type Told = 'told' | 'failed';

const BATCH = 20;
/** A row is held this long; whoever claims it later has taken it over. */
const LEASE_SECONDS = 120;
const LONGEST_DELAY_SECONDS = 600;
/** What could not be told in this long is told to nobody any more. */
const WORTH_HOURS = 24;

/**
 * Takes on what is due, the first that waits of each deployment: what is under way or waits for another try holds
 * back what comes after it (deployment S-92).
 */
async function claim(db: Db): Promise<Claim[]> {
  return db.execute<Claim>(sql`
    with due as materialized (
      select s.id from host_statuses s
      join host_deployments d on d.deployment_id = s.deployment_id
      join repositories r on r.id = d.repository_id
      where s.outcome = 'queued' and s.next_attempt_at <= now() and (s.lease_until is null or s.lease_until <= now())
        and (r.limited_until is null or r.limited_until <= now())
        and not exists (select from host_statuses earlier
          where earlier.deployment_id = s.deployment_id and earlier.outcome = 'queued' and earlier.seq < s.seq)
      order by s.seq limit ${BATCH} for update of s skip locked
    )
    update host_statuses s
    set attempts = s.attempts + 1, lease_token = s.lease_token + 1,
      lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from due where s.id = due.id
    returning s.id, s.lease_token as token, s.attempts,
      s.created_at < now() - make_interval(hours => ${WORTH_HOURS}) as expired`);
}

const held = ({ id, token }: Claim) =>
  and(
    eq(hostStatuses.id, id),
    eq(hostStatuses.leaseToken, Number(token)),
    eq(hostStatuses.outcome, 'queued'),
  );

async function finish(db: Db, claimed: Claim, outcome: Told, error: string | null): Promise<void> {
  await db
    .update(hostStatuses)
    .set({ outcome, lastError: error, leaseUntil: null, finishedAt: sql`now()` })
    .where(held(claimed));
}

async function retry(db: Db, claimed: Claim, seconds: number, error: string): Promise<void> {
  const nextAttemptAt = sql`now() + make_interval(secs => ${seconds})`;
  await db
    .update(hostStatuses)
    .set({ nextAttemptAt, lastError: error, leaseUntil: null })
    .where(held(claimed));
}

async function read(db: Db, id: string) {
  const [row] = await db
    .select({ status: hostStatuses, shown: hostDeployments, repository: repositories })
    .from(hostStatuses)
    .innerJoin(hostDeployments, eq(hostDeployments.deploymentId, hostStatuses.deploymentId))
    .innerJoin(repositories, eq(repositories.id, hostDeployments.repositoryId))
    .where(eq(hostStatuses.id, id));
  return row;
}
type Row = NonNullable<Awaited<ReturnType<typeof read>>>;

async function send(
  { db, sealer, host, appUrl }: HostTools,
  { status, shown, repository }: Row,
): Promise<void> {
  const hosted = hostedOf(repository, sealer);
  const codeHost = await host();
  const { deploymentId, sha, environment, isProduction } = shown;
  const description = status.description;
  let { hostId } = shown;
  if (hostId === null) {
    hostId = await codeHost.createDeployment(hosted, {
      sha,
      environment,
      isProduction,
      deploymentId,
      description,
    });
    await db
      .update(hostDeployments)
      .set({ hostId })
      .where(and(eq(hostDeployments.deploymentId, deploymentId), isNull(hostDeployments.hostId)));
  }
  const logUrl = appUrl + paths.deployment(deploymentId);
  await codeHost.addStatus(hosted, hostId, { state: status.state, description, logUrl });
}

/** What the host refuses for good is not worth another try, and fails nothing but this row (deployment S-94). */
const isFinal = ({ code }: AppError): boolean => code === 'invalid' || code === 'conflict';

async function settle(tools: HostTools, claimed: Claim, row: Row, error: unknown): Promise<void> {
  const { db, log } = tools;
  if (!isAppError(error)) throw error;
  const { code, message, retryAfterSeconds } = error;
  log.warn({ statusId: claimed.id, code, message }, 'a host could not be told of a deployment');
  if (code === 'rate_limited') {
    const seconds = retryAfterSeconds ?? 60;
    await noteLimit(db, row.repository, seconds);
    return retry(db, claimed, seconds, message);
  }
  if (isFinal(error) || claimed.expired) return finish(db, claimed, 'failed', message);
  return retry(db, claimed, Math.min(LONGEST_DELAY_SECONDS, 2 ** Math.min(claimed.attempts, 10)), message);
}

/** Tells hosts what waits for them. Whatever becomes of that, no deployment fails by it (deployment S-92). */
export async function tellStatuses(tools: HostTools): Promise<{ done: number; more: boolean }> {
  const claims = await claim(tools.db);
  for (const claimed of claims) {
    const row = await read(tools.db, claimed.id);
    if (!row) continue;
    try {
      await send(tools, row);
      await finish(tools.db, claimed, 'told', null);
    } catch (error) {
      await settle(tools, claimed, row, error);
    }
  }
  return { done: claims.length, more: claims.length > 0 };
}
