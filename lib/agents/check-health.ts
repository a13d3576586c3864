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

/**
 * Agents of one round, probed all at once: also the most connections, to one host or to all. With a timeout of
 * 4 s a thousand agents that do not answer take five rounds, 20 s of the 30 s between checks.
 */
export const HEALTH_BATCH = 200;

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
    Promise.all(claims.map(({ healthUrl }) => (healthUrl === null ? null : tools.probe(healthUrl, signal)))),
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
