import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { ofTeam } from './agent-rows.ts';
import { makeControlSecret } from './control-secret.ts';
import { noSuchAgent } from './own-agent.ts';

/** Gives an agent a new signing secret; the old one stops at once. The answer holds it, this once. */
export const rotateControlSecret = defineCommand({
  name: 'agents.rotate-control-secret',
  permission: 'agents:update',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'agent.rotate-control-secret', target: 'agent' },
  async run({ input: { id }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    const secret = makeControlSecret();
    const changed = await tx
      .update(agents)
      .set({ controlSecret: deps.sealer.seal(secret) })
      .where(ofTeam(actor.teamId, eq(agents.id, id)))
      .returning({ id: agents.id });
    if (changed.length === 0) throw noSuchAgent();
    return { result: { id, controlSecret: secret }, targetId: id };
  },
});
