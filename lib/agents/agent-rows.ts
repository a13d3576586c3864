import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { agents } from '#db/schema/agents.ts';
import { teams, users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { holds } from '#lib/access/require.ts';
import type { AgentAction, AgentDetail, AgentRow } from '#lib/model/agent-view.ts';
import { agentAbilities } from './agent-can.ts';
import { readMemory } from './health-memory.ts';

/** The agents of a team that exist: the predicate of every statement about agents (security Z4). */
export const ofTeam = (teamId: string, ...more: (SQL | undefined)[]) =>
  and(eq(agents.teamId, teamId), isNull(agents.deletedAt), ...more);

/**
 * The version that its telemetry names. Of an agent that has not named one it is what the cluster says in which it was
 * found; a digest is no version that anybody would know it by.
 */
export const shownVersion = sql<string | null>`coalesce(agents.version, (
  select case found.facts->>'versionFrom'
    when 'digest' then substring(split_part(found.facts->>'image', '@', 1) from ':([^/:]+)$')
    else found.facts->>'version' end
  from cluster_agents found where found.agent_id = agents.id and found.presence = 'present'
  order by found.adopted_at desc limit 1))`;

/** Columns of `agents`, `teams` and `users` (the owner) that a row in a list is made of. */
export const rowColumns = {
  id: agents.id,
  name: agents.name,
  type: agents.type,
  environment: agents.environment,
  namespace: agents.serviceNamespace,
  status: agents.status,
  statusReason: agents.statusReason,
  statusSince: agents.statusSince,
  version: shownVersion,
  owner: { id: users.id, name: users.name, email: users.email },
  source: agents.source,
  lastTelemetryAt: agents.lastTelemetryAt,
  team: { id: teams.id, name: teams.name },
};

/** What the page of one agent needs beside. */
export const detailColumns = {
  ...rowColumns,
  description: agents.description,
  convention: agents.convention,
  healthUrl: agents.healthUrl,
  controlUrl: agents.controlUrl,
  kubernetesNamespace: agents.kubernetesNamespace,
  kubernetesDeployment: agents.kubernetesDeployment,
  replicas: agents.replicas,
  cpuLimit: agents.cpuLimit,
  memoryLimit: agents.memoryLimit,
  healthIntervalSeconds: agents.healthIntervalSeconds,
  healthTimeoutSeconds: agents.healthTimeoutSeconds,
  lastHealthCheckAt: agents.lastHealthCheckAt,
  desiredState: agents.desiredState,
  desiredSince: agents.desiredSince,
  health: agents.health,
  createdAt: agents.createdAt,
  updatedAt: agents.updatedAt,
};

type AgentsRow = typeof agents.$inferSelect;
interface Joined {
  owner: { id: string; name: string; email: string } | null;
  team: { id: string; name: string };
}
type ListRow = Joined &
  Pick<AgentsRow, Exclude<keyof typeof rowColumns, keyof Joined | 'namespace'>> & { namespace: string };
type DetailRow = ListRow & Pick<AgentsRow, Exclude<keyof typeof detailColumns, keyof typeof rowColumns>>;

export function toAgentRow(row: ListRow): AgentRow {
  const { owner, statusSince, lastTelemetryAt } = row;
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    environment: row.environment,
    namespace: row.namespace,
    status: row.status,
    statusReason: row.statusReason,
    statusSince: statusSince.getTime(),
    version: row.version,
    owner: owner && { id: owner.id, name: owner.name || owner.email },
    source: row.source,
    lastTelemetryAt: lastTelemetryAt?.getTime() ?? null,
    team: row.team,
  };
}

const PERMISSION: Record<AgentAction, Permission> = {
  update: 'agents:update',
  delete: 'agents:delete',
  claim: 'agents:claim',
  start: 'agents:control',
  stop: 'agents:control',
};

/** An address without what may be secret in it. */
function withoutSecrets(address: string | null): string | null {
  if (address === null) return null;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

export function toAgentDetail(row: DetailRow, actor: Actor): AgentDetail {
  const { probe, failedProbes, runs } = readMemory(row.health);
  const show = holds(actor, 'agents:update') ? (address: string | null) => address : withoutSecrets;
  const facts = { ...row, hasOwner: row.owner !== null, hasControlUrl: row.controlUrl !== null };
  return {
    ...toAgentRow(row),
    description: row.description,
    convention: row.convention,
    healthUrl: show(row.healthUrl),
    controlUrl: show(row.controlUrl),
    kubernetesNamespace: row.kubernetesNamespace,
    kubernetesDeployment: row.kubernetesDeployment,
    replicas: row.replicas,
    cpuLimit: row.cpuLimit,
    memoryLimit: row.memoryLimit,
    healthIntervalSeconds: row.healthIntervalSeconds,
    healthTimeoutSeconds: row.healthTimeoutSeconds,
    desiredState: row.desiredState,
    desiredSince: row.desiredSince?.getTime() ?? null,
    health: { checkedAt: row.lastHealthCheckAt?.getTime() ?? null, probe, failedProbes, runs },
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    can: agentAbilities(facts, (action) => holds(actor, PERMISSION[action])),
  };
}
