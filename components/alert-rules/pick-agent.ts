import type { AgentChoice } from './editor-choices.ts';

/** The name of an agent as a choice; the environment tells apart those of one name. */
export const agentChoiceName = ({ name, environment }: AgentChoice): string =>
  environment === 'default' ? name : `${name} (${environment})`;

type Picked = { agentId: string } | { fault: string };

/** The agent that a typed text means: its name, whatever the case, or a part that no other agent has. */
export function pickAgent(agents: readonly AgentChoice[], chosen: readonly string[], text: string): Picked {
  const typed = text.trim().toLowerCase();
  const names = agents.map((agent) => ({ id: agent.id, name: agentChoiceName(agent).toLowerCase() }));
  const same = names.filter(({ name }) => name === typed);
  const found = same.length > 0 ? same : names.filter(({ name }) => name.includes(typed));
  const open = found.filter(({ id }) => !chosen.includes(id));
  const [only] = open;
  if (only && open.length === 1) return { agentId: only.id };
  if (open.length > 1) return { fault: 'Several agents are called so: pick one of the list.' };
  return {
    fault: found.length > 0 ? 'This agent is chosen already.' : `No agent is called "${text.trim()}".`,
  };
}
