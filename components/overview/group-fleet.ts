import type { FleetAgent } from '#components/agents/fleet.ts';
import { STATUS_LOOKS } from '#components/ui/status.tsx';

export interface FleetGroup {
  key: string;
  environment: string;
  namespace: string;
  /** In the order of their names, so that a cell keeps its place. */
  agents: FleetAgent[];
  /** How many need attention, and the loudest of their tones. */
  attention: number;
  tone: 'ok' | 'warning' | 'critical';
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The fleet by environment and namespace; places depend on names alone and never on state. */
export function groupFleet(agents: readonly FleetAgent[]): FleetGroup[] {
  const groups = new Map<string, FleetGroup>();
  for (const agent of agents) {
    const key = `${agent.environment}\n${agent.namespace}`;
    let group = groups.get(key);
    if (!group) {
      group = {
        key,
        environment: agent.environment,
        namespace: agent.namespace,
        agents: [],
        attention: 0,
        tone: 'ok',
      };
      groups.set(key, group);
    }
    group.agents.push(agent);
    const { tone } = STATUS_LOOKS[agent.status];
    if (tone !== 'critical' && tone !== 'warning') continue;
    group.attention++;
    if (group.tone !== 'critical') group.tone = tone;
  }
  for (const group of groups.values()) {
    group.agents.sort((a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  }
  return [...groups.values()].sort((a, b) => collator.compare(a.key, b.key));
}
