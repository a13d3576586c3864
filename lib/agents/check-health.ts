import type { Db } from '#db/client.ts';
import { readReceptions } from '#db/receptions.ts';
import type { ReceptionStretch } from '#lib/model/reception.ts';
import { claimHealthChecks, type HealthClaim } from './claim-health-checks.ts';
import { decideHealth, type HealthDecision } from './decide-health.ts';
import type { HealthMemory, ProbeResult } from './health-memory.ts';
import { type HealthResult, type OnChanged, recordHealth } from './record-health.ts';
import type { RunRate } from './run-rates.ts';

/** What a round of health checks works with; the process decides what stands behind it. */
export interface HealthTools {
  db: Db;
  /** Asks a health URL. Never rejects: that nothing answers is a result. */
  probe(url: string, signal: AbortSignal): Promise<ProbeResult>;
  runRates(agentIds: readonly string[], nowMs: number): Promise<Map<string, RunRate>>;
  onChanged: OnChanged;
  defaults: { healthIntervalMs: number; healthTimeoutMs: number };
}

/**
 * Agents of one round, probed all at once: also the most connections, to one host or to all. With a timeout of
 * 4 s a thousand agents that do not answer take five rounds, 20 s of the 30 s between checks.
 */
export const HEALTH_BATCH = 200;

/** Checks further apart than this many intervals are no watching: what was seen before does not count on. */
const MISSED_INTERVALS = 4;
/** A waiting start or stop is looked at every 2 s; while nobody looked for this long, nobody watched. */
const UNWATCHED_MS = 20_000;

function remember(
  claim: HealthClaim,
  probe: ProbeResult | null,
  runs: RunRate | null,
  intervalMs: number,
): HealthMemory {
  const { memory, claimedAtMs, checkedBeforeMs, desired, requestId } = claim;
  const agoMs = checkedBeforeMs === null ? Number.POSITIVE_INFINITY : claimedAtMs - checkedBeforeMs;
  const before = agoMs <= MISSED_INTERVALS * intervalMs ? memory.failedProbes : 0;
  const failedProbes = probe === null || probe.ok ? 0 : before + 1;
  const goesOn = memory.watched?.requestId === requestId && agoMs <= UNWATCHED_MS;
  const begins = desired && requestId !== null ? { requestId, sinceMs: claimedAtMs } : null;
  return { ...memory, probe, failedProbes, runs, watched: desired && goesOn ? memory.watched : begins };
}

function judge(
  { desired, ...claim }: HealthClaim,
  memory: HealthMemory,
  receptions: readonly ReceptionStretch[],
  defaultTimeoutMs: number,
): HealthDecision {
  return decideHealth({
    ...claim,
    memory,
    receptions,
    nowMs: claim.claimedAtMs,
    telemetryTimeoutMs: claim.timeoutSeconds === null ? defaultTimeoutMs : claim.timeoutSeconds * 1000,
    desired: desired && { ...desired, watchedSinceMs: memory.watched?.sinceMs ?? claim.claimedAtMs },
  });
}

function resultOf(claim: HealthClaim, memory: HealthMemory, decision: HealthDecision): HealthResult {
  const failed = claim.desired?.state === 'running' ? 'start' : 'stop';
  const failedControl =
    decision.control === 'failed' ? failed : decision.status === claim.status ? memory.failedControl : null;
  return { claim, memory: { ...memory, failedControl, toldShare: decision.share ?? null }, decision };
}

/**
 * One round: takes on agents that are due, asks their health URLs side by side, decides and writes.
 *
 * @returns how many agents were checked; a full batch means that more are due
 * @throws when the signal ends the round: a probe that was cut off is no evidence against an agent
 */
export async function checkHealth(tools: HealthTools, signal: AbortSignal): Promise<number> {
  const { db, defaults } = tools;
  const claims = await claimHealthChecks(db, { limit: HEALTH_BATCH, intervalMs: defaults.healthIntervalMs });
  if (claims.length === 0) return 0;
  const nowMs = claims[0]?.claimedAtMs ?? 0;
  const [probes, rates, receptions] = await Promise.all([
    Promise.all(claims.map(({ healthUrl }) => (healthUrl === null ? null : tools.probe(healthUrl, signal)))),
    tools.runRates(
      claims.map((claim) => claim.agentId),
      nowMs,
    ),
    readReceptions(db),
  ]);
  signal.throwIfAborted();
  const results = claims.map((claim, i) => {
    const intervalMs =
      claim.intervalSeconds === null ? defaults.healthIntervalMs : claim.intervalSeconds * 1000;
    const memory = remember(claim, probes[i] ?? null, rates.get(claim.agentId) ?? null, intervalMs);
    return resultOf(claim, memory, judge(claim, memory, receptions, defaults.healthTimeoutMs));
  });
  await recordHealth(db, results, tools.onChanged);
  return claims.length;
}
