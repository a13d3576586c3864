import type { Agent } from 'node:http';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { GuardedAgent } from '#lib/outbound/guarded-agent.ts';

let agent: Agent | undefined;

/** The agent of this process by which a library reaches providers: nothing inside the network (security O1). */
export function providerAgent(policy: OutboundPolicy): Agent {
  agent ??= new GuardedAgent(policy);
  return agent;
}
