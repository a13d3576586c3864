import type { OwnedLog } from '#lib/pipeline/store/request.ts';
import { decodeLogs } from '#lib/telemetry/decode-logs.ts';
import { normaliseLogs } from '#lib/telemetry/normalise-logs.ts';
import type { AgentDirectory } from './agents.ts';
import { redactLogs } from './redact-content.ts';
import { DAY_MS, MAX_FUTURE_MS, NO_POINTS, type Origin, type Prepared, type PrepareStage } from './stage.ts';
import type { TraceMemories } from './trace-memories.ts';

/**
 * The stage of logs: decode, attribute, find the agents. A record of an agent that may not be made is kept without; one
 * that names none makes no service appear as an agent, since its span may be known elsewhere or come yet.
 */
export function createLogsStage(agents: AgentDirectory, memories: TraceMemories): PrepareStage {
  return async ({ request, requestHash, settings, nowMs }) => {
    const { teamId, body, encoding } = request;
    const { captureContent } = settings;
    const decoded = decodeLogs(body, {
      encoding,
      nowMs,
      maxAgeMs: settings.logRetentionDays * DAY_MS,
      maxFutureMs: MAX_FUTURE_MS,
      captureContent,
    });
    const normalised = normaliseLogs(decoded, { memory: memories.of(teamId), captureContent });
    const { refusals } = normalised;
    const { items: logs, dropped } = await redactLogs(normalised.logs, settings.redactor);
    const items = logs.length + refusals.count;
    const owners = await agents.resolve(
      teamId,
      logs.map(({ environment, serviceNamespace, agentName, namesAgent }) => ({
        environment,
        serviceNamespace,
        name: agentName,
        version: null,
        convention: null,
        isGuess: !namesAgent,
      })),
    );
    const owned = logs.map((log, index) => ({ agentId: owners[index] ?? null, log }));
    return {
      store: { teamId, requestHash, spans: [], logs: owned, points: NO_POINTS, histograms: [] },
      items,
      refusals,
      reattributed: [],
      origins: originsOf(owned, dropped),
      countLive: (live) => {
        for (const { agentId } of owned) if (agentId !== null) live.seen(agentId, request.receivedAtMs);
        return live.countSpans([], request.receivedAtMs);
      },
    } satisfies Prepared;
  };
}

function originsOf(owned: readonly OwnedLog[], contentDropped: number): Origin[] {
  const origins = new Map<string, Origin>();
  for (const { agentId, log } of owned) {
    const key = `${agentId} ${log.serviceName}`;
    const known = origins.get(key);
    if (known !== undefined) known.items += 1;
    else {
      const origin = { agentId, sender: log.serviceName, version: null, convention: null };
      const dropped = origins.size === 0 ? contentDropped : 0;
      origins.set(key, { ...origin, items: 1, unmapped: 0, contentDropped: dropped });
    }
  }
  return [...origins.values()];
}
