import { and, desc, eq, lt } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alertRuleVersions } from '#db/schema/alert-rules.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { Rule } from '../rules/instance.ts';

/** Edits between two evaluations that are looked back on. */
const LOOKED_BACK = 20;

/** What a rule was before, latest first; versions that can't be read are left out. */
export async function readEarlierVersions(tx: Tx, rule: Rule): Promise<Rule[]> {
  const rows = await tx
    .select()
    .from(alertRuleVersions)
    .where(and(eq(alertRuleVersions.ruleId, rule.id), lt(alertRuleVersions.version, rule.version)))
    .orderBy(desc(alertRuleVersions.version))
    .limit(LOOKED_BACK);
  return rows.flatMap(({ name, version, definition }) => {
    const { data } = ruleDefinitionSchema.safeParse(definition);
    return data ? [{ ...rule, name, version, definition: data }] : [];
  });
}
