/**
 * The overview: is the fleet all right, and what changed? This file takes the conclusion, in words.
 */

import type { FleetAgent } from '#components/agents/fleet.ts';
import { STATUS_LOOKS, STATUSES_BY_URGENCY, type Tone } from '#components/ui/status.tsx';
import { formatPlural } from '#lib/model/format.ts';

export interface Verdict {
  tone: Tone;
  /** The conclusion, one sentence. */
  line: string;
  /** The agents that need a person, most urgent first, at most three. */
  named: readonly Pick<FleetAgent, 'id' | 'name' | 'status' | 'reason'>[];
  /** How many more there are. */
  more: number;
}

const NAMED = 3;

function needsAttention(agent: FleetAgent): boolean {
  const { tone } = STATUS_LOOKS[agent.status];
  return tone === 'critical' || tone === 'warning';
}

/** What the state of these agents comes to. */
export function verdictOf(agents: readonly FleetAgent[]): Verdict {
  const total = agents.length;
  if (total === 0) return { tone: 'unknown', line: 'No agents yet.', named: [], more: 0 };
  const needy = agents
    .filter(needsAttention)
    .sort((a, b) => STATUSES_BY_URGENCY.indexOf(a.status) - STATUSES_BY_URGENCY.indexOf(b.status));
  if (needy.length === 0) return { tone: 'ok', line: wellLine(agents), named: [], more: 0 };
  const critical = needy.some((agent) => STATUS_LOOKS[agent.status].tone === 'critical');
  const verb = needy.length === 1 ? 'needs' : 'need';
  const line =
    needy.length === total && total > 1
      ? `All ${formatPlural(total, 'agent')} need attention.`
      : `${needy.length} of ${formatPlural(total, 'agent')} ${verb} attention.`;
  return {
    tone: critical ? 'critical' : 'warning',
    line,
    named: needy.slice(0, NAMED),
    more: Math.max(0, needy.length - NAMED),
  };
}

function wellLine(agents: readonly FleetAgent[]): string {
  const stopped = agents.filter((agent) => agent.status === 'stopped').length;
  const busy = agents.length - stopped;
  if (busy === 0) {
    return stopped === 1 ? 'The one agent is stopped.' : `All ${formatPlural(stopped, 'agent')} are stopped.`;
  }
  const well =
    busy === 1 ? 'The one running agent is well' : `All ${formatPlural(busy, 'running agent')} are well`;
  return stopped === 0 ? `${well}.` : `${well}, ${stopped} ${stopped === 1 ? 'is' : 'are'} stopped.`;
}
