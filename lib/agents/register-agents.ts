import type pg from 'pg';
import type { AgentIdentity, AgentStatus } from '#lib/model/agent.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** An agent as its telemetry names it. */
export interface DiscoveredAgent extends AgentIdentity {
  /** What the first telemetry says; null when it says nothing. */
  version: string | null;
  /** Family of conventions (`gen_ai`, `openinference`, ...). */
  convention: string | null;
  /** True where another agent may turn out to be meant: it is made without being shown, see {@link showAgents}. */
  isGuess?: boolean;
}

export interface Registration {
  /** The agent of each identity asked for; null where the team's limit refused a new one. */
  ids: (string | null)[];
  /** Agents that this call made or brought back: to be announced. */
  created: string[];
}

/** Stands in `deleted_at` of an agent that was only ever a guess: hidden like a deleted one, but counted. */
const NEVER_SHOWN = `'epoch'::timestamptz`;
const FIRST = 'first telemetry received';
const AGAIN = 'telemetry received again after it was deleted';
const REASON_TO_SHOW = `case when agents.deleted_at = ${NEVER_SHOWN} then '${FIRST}' else '${AGAIN}' end`;
/** What was wanted and remembered of an agent before it was deleted is over. */
const FORGOTTEN = `desired_state = null, desired_since = null, desired_by = null, health = '{}'`;

const keyOf = (agent: AgentIdentity): string =>
  [agent.environment, agent.serviceNamespace, agent.name].map(toStorable).join('\0');

async function findAgents(
  tx: pg.ClientBase | pg.Pool,
  teamId: string,
  wanted: readonly DiscoveredAgent[],
): Promise<Map<string, string>> {
  const found = await tx.query<{ id: string; environment: string; service_namespace: string; name: string }>(
    `select a.id, a.environment, a.service_namespace, a.name
     from unnest($2::text[], $3::text[], $4::text[], $5::boolean[])
          as w (environment, service_namespace, name, is_guess)
     join agents a on a.team_id = $1 and a.environment = w.environment
       and a.service_namespace = w.service_namespace and a.name = w.name
     where a.deleted_at is null or w.is_guess`,
    [teamId, ...columnsOf(wanted), wanted.map((agent) => agent.isGuess === true)],
  );
  return new Map(
    found.rows.map((row) => [
      keyOf({ environment: row.environment, serviceNamespace: row.service_namespace, name: row.name }),
      row.id,
    ]),
  );
}

function columnsOf(agents: readonly AgentIdentity[]): [string[], string[], string[]] {
  return [
    agents.map((agent) => toStorable(agent.environment)),
    agents.map((agent) => toStorable(agent.serviceNamespace)),
    agents.map((agent) => toStorable(agent.name)),
  ];
}

/** A deleted agent that is about to come back, as it was. */
interface HiddenAgent {
  id: string;
  status: AgentStatus;
}

/**
 * Writes down what status agents had when they were deleted and that they are running again; one that was
 * running then has changed nothing.
 */
async function tellReturns(
  tx: pg.ClientBase,
  teamId: string,
  hidden: readonly HiddenAgent[],
  shown: readonly string[],
): Promise<void> {
  const back = hidden.filter(({ id, status }) => status !== 'running' && shown.includes(id));
  if (back.length === 0) return;
  await tx.query(
    `insert into agent_transitions (id, team_id, agent_id, from_status, to_status, reason, at)
     select r.id, $1, r.agent_id, r.status, 'running', '${AGAIN}', date_trunc('milliseconds', now())
     from unnest($2::uuid[], $3::uuid[], $4::text[]) as r (id, agent_id, status)`,
    [teamId, back.map(() => uuidv7()), back.map(({ id }) => id), back.map(({ status }) => status)],
  );
}

/** Adds agents, or brings back deleted ones as they are discovered anew; gives the ids of both, guesses left out. */
async function addAgents(
  tx: pg.ClientBase,
  teamId: string,
  agents: readonly DiscoveredAgent[],
): Promise<string[]> {
  const hidden = await tx.query<HiddenAgent>(
    `select a.id, a.status
     from unnest($2::text[], $3::text[], $4::text[]) as w (environment, service_namespace, name)
     join agents a on a.team_id = $1 and a.environment = w.environment
       and a.service_namespace = w.service_namespace and a.name = w.name
     where a.deleted_at > ${NEVER_SHOWN} for update of a`,
    [teamId, ...columnsOf(agents)],
  );
  const added = await tx.query<{ id: string; shown: boolean }>(
    `insert into agents (id, team_id, environment, service_namespace, name, version, convention, source, status,
                         status_reason, last_telemetry_at, deleted_at)
     select w.id, $1, w.environment, w.service_namespace, w.name, w.version, w.convention, 'discovered', 'running',
            '${FIRST}', now(), case when w.is_guess then ${NEVER_SHOWN} end
     from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::boolean[])
          as w (environment, service_namespace, name, id, version, convention, is_guess)
     on conflict (team_id, environment, service_namespace, name) do update
       set source = 'discovered', status = 'running', status_reason = ${REASON_TO_SHOW},
           status_since = now(), owner_id = null, ${FORGOTTEN},
           version = excluded.version, convention = excluded.convention, last_telemetry_at = now(),
           updated_at = now(), deleted_at = null
       where agents.deleted_at is not null and excluded.deleted_at is null
     returning id, deleted_at is null as shown`,
    [
      teamId,
      ...columnsOf(agents),
      agents.map(() => uuidv7()),
      agents.map((agent) => (agent.version === null ? null : toStorable(agent.version))),
      agents.map((agent) => agent.convention),
      agents.map((agent) => agent.isGuess === true),
    ],
  );
  const shown = added.rows.filter((row) => row.shown).map((row) => row.id);
  await tellReturns(tx, teamId, hidden.rows, shown);
  return shown;
}

/**
 * Finds the agents of a team by their identity and makes those that are not known yet: status running,
 * no owner. A deleted agent that sends again is discovered anew under its old id.
 *
 * Makers of one team wait for each other, so an agent is made once and the limit is exact, over any number
 * of processes.
 *
 * @param maxDiscovered agents a team may have that were discovered; further ones are refused (`too_many_agents`)
 */
export async function registerAgents(
  pool: pg.Pool,
  teamId: string,
  wanted: readonly DiscoveredAgent[],
  maxDiscovered: number,
): Promise<Registration> {
  const found = await findAgents(pool, teamId, wanted);
  const missing = [
    ...new Map(
      wanted.filter((agent) => !found.has(keyOf(agent))).map((agent) => [keyOf(agent), agent]),
    ).values(),
  ];
  if (missing.length === 0)
    return { ids: wanted.map((agent) => found.get(keyOf(agent)) ?? null), created: [] };
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [teamId]);
    const existing = await findAgents(tx, teamId, missing);
    const counted = await tx.query<{ agents: number }>(
      `select count(*)::int as agents from agents
       where team_id = $1 and source = 'discovered' and (deleted_at is null or deleted_at = ${NEVER_SHOWN})`,
      [teamId],
    );
    const room = Math.max(0, maxDiscovered - (counted.rows[0]?.agents ?? 0));
    const allowed = missing.filter((agent) => !existing.has(keyOf(agent))).slice(0, room);
    const created = allowed.length > 0 ? await addAgents(tx, teamId, allowed) : [];
    const all = new Map([...found, ...(await findAgents(tx, teamId, missing))]);
    await tx.query('commit');
    return { ids: wanted.map((agent) => all.get(keyOf(agent)) ?? null), created };
  } catch (error) {
    await tx.query('rollback').catch(() => {});
    throw error;
  } finally {
    tx.release();
  }
}

/** An agent that turned out to be meant. */
export interface MeantAgent {
  agentId: string;
  /** When the newest span that means it ended: an agent that was deleted later stays deleted. Unix milliseconds. */
  heardMs: number;
}

/**
 * Shows agents that were guesses, or brings back ones that were deleted before they were heard again; gives
 * those that were hidden.
 */
export async function showAgents(
  tx: pg.ClientBase,
  teamId: string,
  meant: readonly MeantAgent[],
): Promise<string[]> {
  if (meant.length === 0) return [];
  const hidden = await tx.query<HiddenAgent>(
    `select id, status from agents
     where id = any($2::uuid[]) and team_id = $1 and deleted_at > ${NEVER_SHOWN} order by id for update`,
    [teamId, meant.map((agent) => agent.agentId)],
  );
  const shown = await tx.query<{ id: string }>(
    `update agents
     set source = 'discovered', status = 'running', status_reason = ${REASON_TO_SHOW}, status_since = now(),
         owner_id = null, ${FORGOTTEN}, last_telemetry_at = now(), updated_at = now(), deleted_at = null
     from unnest($2::uuid[], $3::timestamptz[]) as m (id, heard_at)
     where agents.id = m.id and agents.team_id = $1 and agents.deleted_at < m.heard_at
     returning agents.id`,
    [teamId, meant.map((agent) => agent.agentId), meant.map((agent) => new Date(agent.heardMs))],
  );
  const ids = shown.rows.map((row) => row.id);
  await tellReturns(tx, teamId, hidden.rows, ids);
  return ids;
}
