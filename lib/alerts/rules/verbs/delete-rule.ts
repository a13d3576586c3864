import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertRules } from '#db/schema/alert-rules.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { auditView, lockRule } from './rule-rows.ts';

/** Takes a rule away. What fires because of it is resolved by the evaluation within seconds. */
export const deleteRule = defineCommand({
  name: 'alert-rules.delete',
  permission: 'alert-rules:delete',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'alert-rule.delete', target: 'alert-rule' },
  async run({ input: { id }, actor, tx, now }) {
    const row = await lockRule(tx, actor.teamId, id);
    await tx.update(alertRules).set({ deletedAt: now, updatedAt: now }).where(eq(alertRules.id, id));
    return { result: { id }, targetId: id, before: auditView(row) };
  },
});
