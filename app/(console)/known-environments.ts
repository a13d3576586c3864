import { agentFacets } from '#lib/agents/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';

/** The environments of the team's agents; none for somebody who may not see agents. */
export async function knownEnvironments(): Promise<string[]> {
  const { permissions } = await requireActor();
  if (!permissions.has('agents:read')) return [];
  return (await read(agentFacets, {})).environment.map(({ value }) => value);
}
