import { and, desc, eq, exists } from 'drizzle-orm';
import { z } from 'zod';
import { agents, agentVersionChanges } from '#db/schema/agents.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { VersionChange } from '#lib/model/agent-view.ts';
import { ofTeam } from './agent-rows.ts';

/** The newest ones are enough for any chart: more would stand on top of each other. */
const MOST_CHANGES = 100;

/** When the version that an agent's telemetry names changed, newest first; nothing for an agent of another team. */
export const listVersionChanges = defineQuery({
  name: 'agents.version-changes',
  permission: 'agents:read',
  input: z.strictObject({ agentId: z.uuid() }),
  async run({ input, actor, db }): Promise<VersionChange[]> {
    const { teamId, agentId, fromVersion, toVersion, at } = agentVersionChanges;
    const known = db
      .select({ id: agents.id })
      .from(agents)
      .where(ofTeam(actor.teamId, eq(agents.id, input.agentId)));
    const rows = await db
      .select({ from: fromVersion, to: toVersion, at })
      .from(agentVersionChanges)
      .where(and(eq(teamId, actor.teamId), eq(agentId, input.agentId), exists(known)))
      .orderBy(desc(at))
      .limit(MOST_CHANGES);
    return rows.map((row) => ({ ...row, at: row.at.getTime() }));
  },
});
