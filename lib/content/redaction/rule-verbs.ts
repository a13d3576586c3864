import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { redactionRules } from '#db/schema/content.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { checkPattern, MAX_REDACTION_RULES, redactionRuleShape } from '#lib/model/redaction-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { rulesOf } from './queries.ts';

const ownRule = (teamId: string, id: string) =>
  and(eq(redactionRules.teamId, teamId), eq(redactionRules.id, id));

const noSuchRule = () => new AppError('not_found', 'There is no such rule.');

/** What the ledger says of a rule. */
function snapshot({ name, kind, pattern, replacement, enabled }: typeof redactionRules.$inferSelect) {
  return { name, kind, pattern, replacement, enabled };
}

async function findRule(tx: Tx, teamId: string, id: string) {
  const [row] = await tx.select().from(redactionRules).where(ownRule(teamId, id)).for('update');
  if (!row) throw noSuchRule();
  return row;
}

/** Makes a redaction rule, applied after those there are. Ingest hears of it within 5 s. */
export const createRedactionRule = defineCommand({
  name: 'content.create-rule',
  permission: 'content:manage',
  input: z.strictObject(redactionRuleShape).superRefine(checkPattern),
  audit: { action: 'redaction-rule.create', target: 'redaction-rule' },
  async run({ input, actor, tx, now }) {
    await tx.execute(sql`select 1 from teams where id = ${actor.teamId} for update`);
    const rules = await rulesOf(tx, actor.teamId);
    if (rules.length >= MAX_REDACTION_RULES)
      throw new AppError('conflict', `A team has at most ${MAX_REDACTION_RULES} rules.`);
    const position = (rules.at(-1)?.position ?? 0) + 1;
    const values = { ...input, id: uuidv7(now.getTime()), teamId: actor.teamId, position };
    await tx.insert(redactionRules).values({ ...values, createdAt: now, updatedAt: now });
    return { result: { id: values.id }, targetId: values.id, after: input };
  },
});

/** Changes a redaction rule. @throws AppError `not_found`, or `conflict` when somebody else changed it */
export const updateRedactionRule = defineCommand({
  name: 'content.update-rule',
  permission: 'content:manage',
  input: z.strictObject({ ...redactionRuleShape, id: z.uuid(), version: z.int() }).superRefine(checkPattern),
  audit: { action: 'redaction-rule.update', target: 'redaction-rule' },
  async run({ input: { id, version, ...after }, actor, tx, now }) {
    const before = await findRule(tx, actor.teamId, id);
    if (before.version !== version)
      throw new AppError('conflict', 'Somebody else changed this rule. Reload to see the change.');
    await tx
      .update(redactionRules)
      .set({ ...after, version: version + 1, updatedAt: now })
      .where(ownRule(actor.teamId, id));
    return { result: { id }, targetId: id, before: snapshot(before), after };
  },
});

/** Deletes a redaction rule. */
export const deleteRedactionRule = defineCommand({
  name: 'content.delete-rule',
  permission: 'content:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'redaction-rule.delete', target: 'redaction-rule' },
  async run({ input: { id }, actor, tx }) {
    const before = await findRule(tx, actor.teamId, id);
    await tx.delete(redactionRules).where(ownRule(actor.teamId, id));
    return { result: { id }, targetId: id, before: snapshot(before) };
  },
});

/** Puts a rule one place earlier: what it finds is gone before the next one looks. */
export const raiseRedactionRule = defineCommand({
  name: 'content.raise-rule',
  permission: 'content:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'redaction-rule.raise', target: 'redaction-rule' },
  async run({ input: { id }, actor, tx }) {
    await tx.execute(sql`select 1 from teams where id = ${actor.teamId} for update`);
    const ids = (await rulesOf(tx, actor.teamId)).map((rule) => rule.id);
    const at = ids.indexOf(id);
    if (at < 0) throw noSuchRule();
    const order = ids.toSpliced(at, 1).toSpliced(Math.max(0, at - 1), 0, id);
    for (const [index, ruleId] of order.entries())
      await tx
        .update(redactionRules)
        .set({ position: index + 1 })
        .where(ownRule(actor.teamId, ruleId));
    return { result: { id }, targetId: id, before: { place: at + 1 }, after: { place: Math.max(1, at) } };
  },
});
