import type { Db } from '#db/client.ts';
import { claimHealthChecks, type HealthClaim } from './claim-health-checks.ts';
import { decideHealth } from './decide-health.ts';
import type { HealthMemory, ProbeResult } from './health-memory.ts';
import { type HealthResult, recordHealth } from './record-health.ts';
import type { RunRate } from './run-rates.ts';

/** What a round of health checks works with; the process decides what stands behind it. */
export interface HealthTools {
  db: Db;
  /** Asks a health URL. Never rejects: that nothing answers is a result. */
  probe(url: string, signal: AbortSignal): Promise<ProbeResult>;
  runRates(agentIds: readonly string[], nowMs: number): Promise<Map<string, RunRate>>;
  defaults: { healthIntervalMs: number; healthTimeoutMs: number };
}

/** Agents of one round. */
export const HEALTH_BATCH = 200;
/** Probes under way at once. */
const CONCURRENT_PROBES = 64;

/** Runs `work` on every item, at most `width` at once; results in the order of the items. */
async function eachBounded<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const run = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run));
  return results;
}

function remember(claim: HealthClaim, probe: ProbeResult | null, runs: RunRate | null): HealthMemory {
  const failedProbes = probe === null || probe.ok ? 0 : claim.memory.failedProbes + 1;
  return { ...claim.memory, probe, failedProbes, runs };
}

function judge(claim: HealthClaim, memory: HealthMemory, defaultTimeoutMs: number): HealthResult {
  const decision = decideHealth({
    ...claim,
    memory,
    nowMs: claim.claimedAtMs,
    telemetryTimeoutMs: claim.timeoutSeconds === null ? defaultTimeoutMs : claim.timeoutSeconds * 1000,
  });
  const failed = claim.desired?.state === 'running' ? 'start' : 'stop';
  const failedControl =
    decision.control === 'failed' ? failed : decision.status === claim.status ? memory.failedControl : null;
  return { claim, memory: { ...memory, failedControl }, decision };
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
  const [probes, rates] = await Promise.all([
    eachBounded(claims, CONCURRENT_PROBES, async ({ healthUrl }) =>
      healthUrl === null ? null : tools.probe(healthUrl, signal),
    ),
    tools.runRates(
      claims.map((claim) => claim.agentId),
      nowMs,
    ),
  ]);
  signal.throwIfAborted();
  const results = claims.map((claim, i) => {
    const memory = remember(claim, probes[i] ?? null, rates.get(claim.agentId) ?? null);
    return judge(claim, memory, defaults.healthTimeoutMs);
  });
  await recordHealth(db, results);
  return claims.length;
}
