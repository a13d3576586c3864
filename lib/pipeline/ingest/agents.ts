import type { Clock } from '#lib/kernel/clock.ts';
import { AppError, isAppError } from '#lib/kernel/errors.ts';
import type { AgentIdentity } from '#lib/model/agent.ts';

/** An agent as its telemetry names it, and what that says about it. */
export interface HeardAgent extends AgentIdentity {
  version: string | null;
  convention: string | null;
  /** True where another agent may turn out to be meant: this one is not shown before that is settled. */
  isGuess?: boolean;
}

/** Finds or makes the agents of one team; null where the team's limit refused a new one. */
export type RegisterAgents = (
  teamId: string,
  agents: readonly HeardAgent[],
) => Promise<readonly (string | null)[]>;

/** How long a refused agent is not asked for again, milliseconds. */
const REFUSED_MS = 10_000;
const MAX_KNOWN_PER_TEAM = 100_000;

interface TeamAgents {
  ids: Map<string, string>;
  /** Agents of which this process has only heard as guesses. */
  guessed: Map<string, string>;
  refusedUntilMs: Map<string, number>;
}

/** Remembers which agent an identity is, so that the store is asked for new ones only. */
export function createAgentDirectory(register: RegisterAgents, clock: Clock) {
  const teams = new Map<string, TeamAgents>();

  function agentsOf(teamId: string): TeamAgents {
    let agents = teams.get(teamId);
    if (agents === undefined || agents.ids.size + agents.guessed.size > MAX_KNOWN_PER_TEAM) {
      agents = { ids: new Map(), guessed: new Map(), refusedUntilMs: new Map() };
      teams.set(teamId, agents);
    }
    return agents;
  }

  async function learn(teamId: string, missing: ReadonlyMap<string, HeardAgent>): Promise<void> {
    const agents = agentsOf(teamId);
    const ids = await ask(() => register(teamId, [...missing.values()]));
    [...missing].forEach(([key, { isGuess }], index) => {
      const id = ids[index] ?? null;
      if (id !== null) (isGuess ? agents.guessed : agents.ids).set(key, id);
      else if (agents.refusedUntilMs.size < MAX_KNOWN_PER_TEAM) {
        agents.refusedUntilMs.set(key, clock.now() + REFUSED_MS);
      }
    });
  }

  return {
    /**
     * The agent of each identity; null where the team may have no more agents.
     *
     * @throws AppError `unavailable` when a new one can't be looked up now
     */
    async resolve(teamId: string, heard: readonly HeardAgent[]): Promise<(string | null)[]> {
      const agents = agentsOf(teamId);
      const keys = heard.map(keyOf);
      const missing = new Map<string, HeardAgent>();
      keys.forEach((key, index) => {
        const agent = heard[index] as HeardAgent;
        if (agents.ids.has(key) || (agent.isGuess && agents.guessed.has(key))) return;
        if ((agents.refusedUntilMs.get(key) ?? 0) > clock.now()) return;
        agents.refusedUntilMs.delete(key);
        if (!agent.isGuess || !missing.has(key)) missing.set(key, agent);
      });
      if (missing.size > 0) await learn(teamId, missing);
      return keys.map((key) => agents.ids.get(key) ?? agents.guessed.get(key) ?? null);
    },
    /** Forgets a team's agents, when one was deleted or the store did not know one; null stands for all teams. */
    forget(teamId: string | null): void {
      if (teamId === null) teams.clear();
      else teams.delete(teamId);
    },
    known: (): number => [...teams.values()].reduce((sum, { ids }) => sum + ids.size, 0),
  };
}

export type AgentDirectory = ReturnType<typeof createAgentDirectory>;

function keyOf({ environment, serviceNamespace, name }: AgentIdentity): string {
  return `${environment}\u0000${serviceNamespace}\u0000${name}`;
}

/** Asks the store; whatever goes wrong there means "try again". */
export async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError('unavailable', 'The store does not answer at the moment.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  }
}
