import { and, eq, isNull } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import type { Labels } from '#lib/model/alert.ts';
import type { AgentLabel } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { matcherTest } from '#lib/model/label-matcher.ts';

/** An agent as rules see it. */
export interface WatchedAgent {
  id: string;
  labels: Record<AgentLabel, string>;
  /** Somebody stopped it: it need not be heard. */
  isStopped: boolean;
  /** Unix milliseconds, null for never. */
  lastTelemetryMs: number | null;
}

/** The agents of a team that exist. */
export async function readWatchedAgents(db: Reader, teamId: string): Promise<WatchedAgent[]> {
  const rows = await db
    .select({
      id: agents.id,
      agent: agents.name,
      environment: agents.environment,
      namespace: agents.serviceNamespace,
      type: agents.type,
      version: agents.version,
      status: agents.status,
      desiredState: agents.desiredState,
      lastTelemetryAt: agents.lastTelemetryAt,
    })
    .from(agents)
    .where(and(eq(agents.teamId, teamId), isNull(agents.deletedAt)))
    .orderBy(agents.id);
  return rows.map(({ id, status, desiredState, lastTelemetryAt, version, ...labels }) => ({
    id,
    labels: { ...labels, version: version ?? '' },
    isStopped: status === 'stopped' || desiredState === 'stopped',
    lastTelemetryMs: lastTelemetryAt?.getTime() ?? null,
  }));
}

/** Agents that become one series of a rule. */
export interface SeriesGroup {
  labels: Labels;
  /** Set where the series is one agent. */
  agentId: string | null;
  agents: readonly WatchedAgent[];
}

/** The agents that a rule's filters leave. */
export function agentsOf({ source }: RuleDefinition, all: readonly WatchedAgent[]): WatchedAgent[] {
  const only = source.agentIds.length === 0 ? null : new Set(source.agentIds);
  const passes = matcherTest(source.matchers);
  return all.filter(({ id, labels }) => (only?.has(id) ?? true) && passes(labels));
}

/** Whether a rule looks at its team as a whole, without asking which agents there are. */
export const isWholeTeam = ({ groupBy, source }: RuleDefinition): boolean =>
  groupBy === 'team' && source.agentIds.length === 0 && source.matchers.length === 0;

/** What sets the series of one agent apart. */
export const agentSeries = ({ labels: { agent, environment, namespace } }: WatchedAgent): Labels => ({
  agent,
  environment,
  namespace,
});

/** The series of a rule. A version changes while an agent stays the same, so it is no part of an agent's identity. */
export function seriesGroups(definition: RuleDefinition, all: readonly WatchedAgent[]): SeriesGroup[] {
  const { groupBy } = definition;
  const watched = agentsOf(definition, all);
  if (groupBy === 'team') return [{ labels: {}, agentId: null, agents: watched }];
  if (groupBy === 'agent') {
    return watched.map((one) => ({ labels: agentSeries(one), agentId: one.id, agents: [one] }));
  }
  const groups = Map.groupBy(watched, ({ labels }) => labels[groupBy]);
  return [...groups].map(([value, members]) => ({
    labels: { [groupBy]: value },
    agentId: null,
    agents: members,
  }));
}
