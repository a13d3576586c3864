import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { teams } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';

/**
 * Decides whether prompts, completions and tool arguments are stored at all. Ingest hears of it within 5 s.
 *
 * @throws AppError `conflict` when somebody else switched it in between
 */
export const setContentCapture = defineCommand({
  name: 'content.set-capture',
  permission: 'content:manage',
  input: z.strictObject({ capture: z.boolean() }),
  audit: { action: 'content.set-capture', target: 'team' },
  async run({ input: { capture }, actor, tx }) {
    const [changed] = await tx
      .update(teams)
      .set({ contentCapture: capture })
      .where(and(eq(teams.id, actor.teamId), eq(teams.contentCapture, !capture)))
      .returning({ id: teams.id });
    if (!changed) throw new AppError('conflict', 'It is switched so already. Reload to see the change.');
    return { result: { capture }, targetId: actor.teamId, before: { capture: !capture }, after: { capture } };
  },
});
