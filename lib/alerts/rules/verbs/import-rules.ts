import { inArray } from 'drizzle-orm';
import { z } from 'zod';
import { alertRules } from '#db/schema/alert-rules.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { readRuleFile } from './rule-file.ts';
import { insertRule, ofTeam, rewriteRule } from './rule-rows.ts';

/** Characters of a file: what the doors let through anyway. */
const MAX_FILE = 256_000;

/**
 * Takes in a file of rules: new names are made, known ones get a next version where they differ, others
 * stay. All or nothing; taking in the same file again changes nothing.
 *
 * @throws AppError `invalid` with the place of each mistake
 */
export const importRules = defineCommand({
  name: 'alert-rules.import',
  permission: 'alert-rules:create',
  input: z.strictObject({ yaml: z.string().max(MAX_FILE) }),
  audit: { action: 'alert-rule.import', target: 'alert-rules' },
  async run({ input, actor, tx, now }) {
    const rules = readRuleFile(input.yaml);
    const names = rules.map(({ name }) => name);
    const found = await tx
      .select()
      .from(alertRules)
      .where(ofTeam(actor.teamId, inArray(alertRules.name, names)))
      .orderBy(alertRules.id)
      .for('update');
    const known = new Map(found.map((row) => [row.name, row]));
    const result = { created: 0, updated: 0, unchanged: 0 };
    for (const rule of rules) {
      const row = known.get(rule.name);
      if (!row) {
        await insertRule(tx, actor, rule, now);
        result.created += 1;
      } else {
        const after = await rewriteRule(tx, actor, row, rule, now);
        result[after.version === row.version ? 'unchanged' : 'updated'] += 1;
      }
    }
    return { result, targetId: actor.teamId, after: { ...result, names } };
  },
});
