import { z } from 'zod';
import { readAgentsWithoutRuns } from '#db/agents-without-runs.ts';
import { defineQuery } from '#lib/command/define-query.ts';

/** Ids of the team's agents that called models or tools and of which no run span ever came. */
export const listRunlessAgents = defineQuery({
  name: 'agents.without-runs',
  permission: 'agents:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<string[]> {
    return [...(await readAgentsWithoutRuns(db, actor.teamId))].sort();
  },
});
