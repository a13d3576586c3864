import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertRuleVersions } from '#db/schema/alert-rules.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  givenDefinitionSchema,
  type RuleDefinition,
  ruleDefinitionSchema,
  ruleNameSchema,
} from '#lib/model/alert-rule-schema.ts';
import { auditView, lockRule, type RuleRecord, rewriteRule } from './rule-rows.ts';

/** As many as the database counts. */
const MOST_VERSIONS = 2_147_483_647;

/** The definition as it is stored. @throws AppError `invalid` when it can't be read: then it must be replaced */
function storedDefinition({ definition }: RuleRecord): RuleDefinition {
  const parsed = ruleDefinitionSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  const message = 'The stored definition cannot be read: send a whole one.';
  throw new AppError('invalid', message, { issues: [{ path: 'definition', message }] });
}

/**
 * Changes what is given, as the next version of the rule; nothing new makes no version. A definition is
 * replaced as a whole. What fires goes on firing unless the new version says otherwise.
 *
 * @throws AppError `conflict` when the rule has another version than `ifVersion`, or the name is taken
 */
export const updateRule = defineCommand({
  name: 'alert-rules.update',
  permission: 'alert-rules:update',
  input: z.strictObject({
    id: z.uuid(),
    name: ruleNameSchema.optional(),
    enabled: z.boolean().optional(),
    definition: givenDefinitionSchema.optional(),
    ifVersion: z.int().optional(),
  }),
  audit: { action: 'alert-rule.update', target: 'alert-rule' },
  async run({ input, actor, tx, now }) {
    const row = await lockRule(tx, actor.teamId, input.id, input.ifVersion);
    const content = {
      name: input.name ?? row.name,
      enabled: input.enabled ?? row.enabled,
      definition: input.definition ?? storedDefinition(row),
    };
    const after = await rewriteRule(tx, actor, row, content, now);
    const result = { id: row.id, version: after.version };
    return { result, targetId: row.id, before: auditView(row), after: auditView(after) };
  },
});

/** Brings the content of an earlier version back, as the next version. */
export const restoreRuleVersion = defineCommand({
  name: 'alert-rules.restore',
  permission: 'alert-rules:update',
  input: z.strictObject({ id: z.uuid(), version: z.int().min(1).max(MOST_VERSIONS) }),
  audit: { action: 'alert-rule.restore', target: 'alert-rule' },
  async run({ input, actor, tx, now }) {
    const row = await lockRule(tx, actor.teamId, input.id);
    const [kept] = await tx
      .select()
      .from(alertRuleVersions)
      .where(and(eq(alertRuleVersions.ruleId, row.id), eq(alertRuleVersions.version, input.version)));
    if (!kept) throw new AppError('not_found', `The rule has no version ${input.version}.`);
    const { name, enabled } = kept;
    const definition = storedDefinition({ ...row, definition: kept.definition });
    const after = await rewriteRule(tx, actor, row, { name, enabled, definition }, now);
    const result = { id: row.id, version: after.version };
    return { result, targetId: row.id, before: auditView(row), after: auditView(after) };
  },
});
