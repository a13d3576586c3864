import { z } from 'zod';
import { defineCommand } from '#lib/command/define-command.ts';
import { givenDefinitionSchema, ruleNameSchema } from '#lib/model/alert-rule-schema.ts';
import { auditView, insertRule } from './rule-rows.ts';

/** Makes a rule; it is evaluated at once. @throws AppError `conflict` when the name is taken */
export const createRule = defineCommand({
  name: 'alert-rules.create',
  permission: 'alert-rules:create',
  input: z.strictObject({
    name: ruleNameSchema,
    enabled: z.boolean().default(true),
    definition: givenDefinitionSchema,
  }),
  audit: { action: 'alert-rule.create', target: 'alert-rule' },
  async run({ input, actor, tx, now }) {
    const row = await insertRule(tx, actor, input, now);
    const result = { id: row.id, version: row.version };
    return { result, targetId: row.id, after: auditView(row) };
  },
});
