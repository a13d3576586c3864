import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { redactionRules } from '#db/schema/content.ts';
import { teams } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ContentSettingsView, RedactionRuleView } from '#lib/model/redaction.ts';
import { checkPattern, patternProblem, redactionRuleShape } from '#lib/model/redaction-schema.ts';
import { type AppliedRule, previewRedaction, RedactionFailure } from './redactor.ts';

type RuleRow = typeof redactionRules.$inferSelect;

/** The rules of a team in the order in which they are applied. */
export async function rulesOf(db: Reader, teamId: string): Promise<RuleRow[]> {
  return db
    .select()
    .from(redactionRules)
    .where(eq(redactionRules.teamId, teamId))
    .orderBy(asc(redactionRules.position), asc(redactionRules.id));
}

function ruleView(row: RuleRow): RedactionRuleView {
  const { id, name, kind, pattern, replacement, enabled, version } = row;
  const problem = kind === 'pattern' ? patternProblem(pattern ?? '') : null;
  return { id, name, kind, pattern, replacement, enabled, version, problem };
}

/** Whether the team keeps content, and what of it never. */
export const getContentSettings = defineQuery({
  name: 'content.settings',
  permission: 'content:manage',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<ContentSettingsView> {
    const [team] = await db
      .select({ capture: teams.contentCapture })
      .from(teams)
      .where(eq(teams.id, actor.teamId));
    if (!team) throw new AppError('not_found', 'There is no such team.');
    return { capture: team.capture, rules: (await rulesOf(db, actor.teamId)).map(ruleView) };
  },
});

const { name: _name, enabled: _enabled, ...draftShape } = redactionRuleShape;

/**
 * What the rules of the team, and one that is not saved yet, make of a text. Neither the text nor the draft is kept.
 *
 * @throws AppError `invalid` when a rule can't be applied
 */
export const previewContentRedaction = defineQuery({
  name: 'content.preview',
  permission: 'content:manage',
  input: z.strictObject({
    text: z.string().max(20_000),
    draft: z.strictObject(draftShape).superRefine(checkPattern).nullable().default(null),
  }),
  async run({ input: { text, draft }, actor, db }) {
    const saved = (await rulesOf(db, actor.teamId)).filter(({ enabled }) => enabled);
    const rules: AppliedRule[] = draft ? [...saved, { ...draft, name: 'The new rule' }] : saved;
    try {
      return previewRedaction(rules, text);
    } catch (error) {
      if (!(error instanceof RedactionFailure)) throw error;
      throw new AppError('invalid', error.message, { issues: [{ path: '', message: error.message }] });
    }
  },
});
