import { databaseNow } from '#db/now.ts';
import { readReceptions } from '#db/receptions.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { formatDuration } from '#lib/model/format.ts';
import { type FeatureFlags, flagOff } from '#lib/model/installation-settings.ts';
import type { ScalingState } from '#lib/model/scaling.ts';
import { type Cluster, ClusterError } from '#lib/ports/cluster/port.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';
import { type Measured, measureLoad, windowAt } from '#lib/scaling/measure.ts';
import type { ScalingPolicyRow } from '#lib/scaling/policy-rows.ts';
import { recommend } from '#lib/scaling/recommend.ts';
import type { ClusterSource } from '../deploy/run-deployments.ts';
import { workloadRef } from '../deploy/workload-object.ts';
import { claimPolicies, LeaseLost, releaseLease, writeUnderLease } from './claim-policies.ts';
import { findWorkload, holdWorkload, versionUnderWay, type Workload } from './find-workload.ts';
import { lookAtScale, type ScaleLook, unseen } from './look-at-scale.ts';
import {
  type DecisionRow,
  type RecordTools,
  readActing,
  recordLook,
  settleDecision,
} from './record-decision.ts';

export interface ScaleTools extends RecordTools {
  /** Names this worker on its leases. */
  worker: string;
  log: Log;
  clusters: ClusterSource;
  metricStore: Pick<MetricReader, 'measureWindows'>;
  features(): Promise<FeatureFlags>;
}

/** From one look to the next, milliseconds. */
const LOOK_AGAIN_MS = 30_000;
/** After a write whose outcome is not known, milliseconds. */
const ANSWERLESS_MS = 5000;
/** After the cluster refused to scale, milliseconds: it will refuse again. */
const REFUSED_MS = 600_000;
const REQUEST_MS = 20_000;
/** What was decided so long ago is decided anew, milliseconds. */
const STALE_MS = 600_000;

const within = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);

interface Seen {
  workload: Workload | null;
  cluster: Cluster | null;
  look: ScaleLook;
}

/** Looks at the workload of a policy as far as it gets; whatever stands in the way is why nothing is done. */
async function see(tools: ScaleTools, row: ScalingPolicyRow, signal: AbortSignal): Promise<Seen> {
  const { db, clusters } = tools;
  const workload = await findWorkload(db, row);
  const none = (look: ScaleLook): Seen => ({ workload, cluster: null, look });
  if (!workload)
    return none(
      unseen('no_workload', 'No deployment of the agent was completed, and the policy names no workload.'),
    );
  if (!(await holdWorkload(db, row, workload)))
    return none(unseen('another_policy', `Another policy scales ${workload.namespace}/${workload.name}.`));
  try {
    const cluster = await clusters.get(row.teamId, workload.clusterId);
    const look = await lookAtScale(cluster, workload, within(signal));
    const version = look.hold === null ? await versionUnderWay(db, row.teamId, workload) : null;
    if (version === null) return { workload, cluster, look };
    const words = `A deployment of version ${version} is under way: its end is waited for.`;
    return { workload, cluster, look: { ...look, hold: 'rolling_out', words } };
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found')
      return none(unseen('no_cluster', `The cluster ${workload.clusterName} was removed.`));
    if (!(error instanceof ClusterError)) throw error;
    if (error.code === 'forbidden' || error.code === 'unauthorized')
      return none(unseen('refused', `The cluster ${workload.clusterName} refuses: ${error.message}`));
    const words = `The cluster ${workload.clusterName} does not answer: ${error.message}`;
    return none(unseen('cluster_unreachable', words));
  }
}

type Found = Parameters<typeof recordLook>[2];

function foundNothing(
  row: ScalingPolicyRow,
  { workload, look }: Seen,
  nowMs: number,
  hold: ScalingState['hold'],
  words: string,
  measured?: Measured,
): Found {
  const { load = null, costPerHour = null } = measured ?? {};
  const state: ScalingState = {
    ...{ at: nowMs, outcome: 'hold', hold, from: look.replicas, to: look.replicas, words },
    ...{ load, costPerHour, workload },
  };
  return { state, recent: row.recent, does: false };
}

/** What a policy makes of a look and of what was measured. */
async function decide(tools: ScaleTools, row: ScalingPolicyRow, seen: Seen, nowMs: number): Promise<Found> {
  const { workload, look } = seen;
  if (look.hold !== null || look.replicas === null)
    return foundNothing(row, seen, nowMs, look.hold, look.words);
  const { rule, teamId, agentId } = row;
  const window = windowAt(rule, nowMs);
  const receptions = await readReceptions(tools.db);
  const [measured] = await measureLoad(tools.metricStore, { teamId, agentId, rule }, [window], receptions);
  if (!measured?.isHeard) {
    const time = formatDuration(rule.windowSeconds * 1000);
    const words = `Pitwall itself could not take telemetry throughout the last ${time}: nothing can be said.`;
    return foundNothing(row, seen, nowMs, 'no_data', words);
  }
  const { load, costPerHour } = measured;
  const { replicas, available } = look;
  const memory = { recent: row.recent, lastScaledAt: row.lastScaledAt?.getTime() ?? null };
  const said = recommend(rule, { replicas, available, load, costPerHour }, memory, nowMs);
  if (said.outcome === 'hold') return foundNothing(row, seen, nowMs, 'no_data', said.words, measured);
  const { outcome, to, words, recent } = said;
  const state = { at: nowMs, outcome, hold: null, from: replicas, to, words, load, costPerHour, workload };
  return { state, recent, does: outcome === 'change' && !row.isDryRun };
}

/**
 * Tells the cluster the number of a decision, if the workload is still what was looked at: the version of the object goes
 * along, so that nobody else's number is overwritten and a worker that lost its lease writes nothing late.
 *
 * @throws ClusterError
 */
async function scale(
  cluster: Cluster,
  { namespace, name }: Workload,
  to: number,
  resourceVersion: string | null,
  signal: AbortSignal,
): Promise<void> {
  const body = { metadata: { resourceVersion }, spec: { replicas: to } };
  const ref = workloadRef({ namespace, workloadName: name });
  await cluster.patch(ref, { form: 'merge', body }, { dryRun: false, subresource: 'scale' }, within(signal));
}

interface Acting {
  cluster: Cluster;
  workload: Workload;
  look: ScaleLook;
  decision: DecisionRow;
}

/** Carries a decision out; answers with the milliseconds until the next look. */
async function act(
  tools: ScaleTools,
  row: ScalingPolicyRow,
  { cluster, workload, look, decision }: Acting,
  signal: AbortSignal,
): Promise<number> {
  const held = await writeUnderLease(tools.db, row, {});
  try {
    await scale(cluster, workload, decision.toReplicas ?? 0, look.resourceVersion, signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.code !== 'forbidden' && error.code !== 'invalid' && error.code !== 'not_found')
      // Whether it was done is seen at the next look, which decides what becomes of the decision.
      return error.retryAfterMs ?? ANSWERLESS_MS;
    const words = `The cluster refused: ${error.message}`;
    await settleDecision(tools, held, decision, { result: 'failed', words });
    return REFUSED_MS;
  }
  await settleDecision(tools, held, decision, { result: 'scaled' });
  return LOOK_AGAIN_MS;
}

/** Why a decision that nobody knows the end of is not carried out any more; null: it is. */
function outdated(
  row: ScalingPolicyRow,
  decision: DecisionRow,
  look: ScaleLook,
  nowMs: number,
): string | null {
  if (decision.policyVersion !== row.version) return 'The policy was changed before that was done.';
  if (look.hold !== null) return `It was not done: ${look.words}`;
  if (look.replicas !== decision.fromReplicas)
    return `It was not done: somebody else scaled it to ${look.replicas}.`;
  if (nowMs - decision.at.getTime() > STALE_MS) return 'It was not done in time.';
  return null;
}

/**
 * Goes on with what a worker wrote down before it was interrupted: the workload says whether it was done. Setting the
 * same number again changes nothing, so it is done once whatever happens.
 *
 * @returns milliseconds until the next look
 */
async function goOn(
  tools: ScaleTools,
  row: ScalingPolicyRow,
  seen: Seen,
  decision: DecisionRow,
  nowMs: number,
  signal: AbortSignal,
): Promise<number> {
  const { workload, cluster, look } = seen;
  if (look.hold === 'cluster_unreachable') {
    await recordLook(tools, row, foundNothing(row, seen, nowMs, look.hold, look.words));
    return ANSWERLESS_MS;
  }
  if (look.replicas === decision.toReplicas) {
    await settleDecision(tools, row, decision, { result: 'scaled' });
    return LOOK_AGAIN_MS;
  }
  const words = outdated(row, decision, look, nowMs);
  if (words === null && workload && cluster)
    return act(tools, row, { cluster, workload, look, decision }, signal);
  await settleDecision(tools, row, decision, { result: 'dropped', ...(words === null ? {} : { words }) });
  return 0;
}

async function runOne(tools: ScaleTools, row: ScalingPolicyRow, signal: AbortSignal): Promise<number> {
  const seen = await see(tools, row, signal);
  const nowMs = (await databaseNow(tools.db)).getTime();
  const unfinished = await readActing(tools.db, row);
  if (unfinished) return goOn(tools, row, seen, unfinished, nowMs, signal);
  const recorded = await recordLook(tools, row, await decide(tools, row, seen, nowMs));
  const { workload, cluster, look } = seen;
  if (!recorded.acting || !workload || !cluster) return LOOK_AGAIN_MS;
  return act(tools, recorded.row, { cluster, workload, look, decision: recorded.acting }, signal);
}

/** One policy; whoever lost its lease leaves it alone. */
async function runSafely(tools: ScaleTools, row: ScalingPolicyRow, signal: AbortSignal): Promise<void> {
  try {
    await releaseLease(tools.db, row, await runOne(tools, row, signal));
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    tools.log.warn({ policyId: row.id }, error.message);
  }
}

/**
 * Looks at what is due. While the feature is off nothing is looked at, and nothing scaled.
 *
 * @returns how many policies were taken on
 */
export async function runScaling(tools: ScaleTools, signal: AbortSignal): Promise<number> {
  if (flagOff(await tools.features(), 'auto_scaling') !== null) return 0;
  const rows = await claimPolicies(tools.db, tools.worker);
  const results = await Promise.allSettled(rows.map((row) => runSafely(tools, row, signal)));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} policies could not be looked at`);
  return rows.length;
}
