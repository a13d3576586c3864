import type { AgentStatus } from '#lib/model/agent.ts';
import { type Ability, AGENT_ACTIONS, type AgentAction } from '#lib/model/agent-view.ts';

/**
 * Agents: what a team runs. One verb a file, the rules they share apart from them, reads in `queries.ts`.
 *
 * This file says what may be done to an agent in which state, as data: commands refuse with the reason
 * that the disabled button shows.
 */
export interface AgentFacts {
  name: string;
  status: AgentStatus;
  hasOwner: boolean;
  hasControlUrl: boolean;
  desiredState: 'running' | 'stopped' | null;
}

interface Rule {
  /** Refuses when it holds. */
  when(agent: AgentFacts): boolean;
  reason(agent: AgentFacts): string;
}

const noControlUrl: Rule = {
  when: (agent) => !agent.hasControlUrl,
  reason: (agent) =>
    `${agent.name} has no control URL. Add one in its configuration so that it can be started and stopped.`,
};
const underWay: Rule = {
  when: (agent) => agent.desiredState !== null,
  reason: (agent) =>
    `A ${agent.desiredState === 'running' ? 'start' : 'stop'} of ${agent.name} is waiting to be confirmed.`,
};
const alreadyRunning: Rule = {
  when: (agent) => agent.status === 'running',
  reason: (agent) => `${agent.name} is already running.`,
};
const alreadyStopped: Rule = {
  when: (agent) => agent.status === 'stopped',
  reason: (agent) => `${agent.name} is already stopped.`,
};
const owned: Rule = {
  when: (agent) => agent.hasOwner,
  reason: (agent) => `${agent.name} already has an owner.`,
};

const RULES: Record<AgentAction, readonly Rule[]> = {
  update: [],
  delete: [],
  claim: [owned],
  start: [noControlUrl, underWay, alreadyRunning],
  stop: [noControlUrl, underWay, alreadyStopped],
};

/** Whether the state of an agent admits an action; who asks is another question (permissions). */
export function agentCan(agent: AgentFacts, action: AgentAction): Ability {
  const rule = RULES[action].find((candidate) => candidate.when(agent));
  return rule ? { allowed: false, reason: rule.reason(agent) } : { allowed: true };
}

/** The abilities of a person or key: state and permission together, the permission first. */
export function agentAbilities(
  agent: AgentFacts,
  mayDo: (action: AgentAction) => boolean,
): Record<AgentAction, Ability> {
  const ability = (action: AgentAction): Ability =>
    mayDo(action)
      ? agentCan(agent, action)
      : { allowed: false, reason: `Your role does not allow to ${action} agents.` };
  return Object.fromEntries(AGENT_ACTIONS.map((action) => [action, ability(action)])) as Record<
    AgentAction,
    Ability
  >;
}
