import type { Agent } from 'node:http';
import { GuardedAgent } from '#lib/outbound/guarded-agent.ts';

let agent: Agent | undefined;

/** The agent of this process by which a library reaches providers: nothing inside the network (security O1). */
export function providerAgent(allow: readonly string[]): Agent {
  agent ??= new GuardedAgent(allow);
  return agent;
}
