/**
 * What people and keys do to rules, each act a command with its row in the ledger, and what they are shown.
 *
 * This file holds how a rule is found, locked and written.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alertRules, alertRuleVersions } from '#db/schema/alert-rules.ts';
import { isTaken } from '#db/taken.ts';
import type { Actor } from '#lib/access/actor.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { phaseOf } from '../../evaluate/grid.ts';

export type RuleRecord = typeof alertRules.$inferSelect;

/** The rules of a team that exist: the predicate of every statement about rules (security Z4). */
export const ofTeam = (teamId: string, ...more: (SQL | undefined)[]) =>
  and(eq(alertRules.teamId, teamId), isNull(alertRules.deletedAt), ...more);

export const noSuchRule = () => new AppError('not_found', 'There is no such rule.');

/**
 * One rule of the team, locked until the transaction ends: also against an evaluation that is being written.
 *
 * @throws AppError `not_found`, for a rule of another team too; `conflict` when its version is another one
 */
export async function lockRule(tx: Tx, teamId: string, id: string, ifVersion?: number): Promise<RuleRecord> {
  const [row] = await tx
    .select()
    .from(alertRules)
    .where(ofTeam(teamId, eq(alertRules.id, id)))
    .for('update');
  if (!row) throw noSuchRule();
  if (ifVersion !== undefined && ifVersion !== row.version)
    throw new AppError('conflict', 'Somebody else changed the rule in the meantime. Load it again.');
  return row;
}

/** Turns "the name is taken" into a conflict; any other error stays what it is. */
function explainTakenName(error: unknown, name: string): unknown {
  return isTaken(error) ? new AppError('conflict', `There already is a rule named ${name}.`) : error;
}

export interface RuleContent {
  name: string;
  enabled: boolean;
  definition: RuleDefinition;
}

const nameOf = (actor: Actor): string => {
  if (actor.kind === 'user') return actor.name || actor.email;
  return actor.kind === 'key' ? actor.keyName : actor.name;
};

async function keepVersion(tx: Tx, row: RuleRecord, actor: Actor, now: Date): Promise<void> {
  const { id: ruleId, version, name, definition, enabled } = row;
  const changedByName = nameOf(actor);
  await tx
    .insert(alertRuleVersions)
    .values({ ruleId, version, name, definition, enabled, changedByName, at: now });
}

/** Adds a rule, due at once, with its first version. @throws AppError `conflict` when the name is taken */
export async function insertRule(
  tx: Tx,
  actor: Actor,
  { name, enabled, definition }: RuleContent,
  now: Date,
): Promise<RuleRecord> {
  const id = uuidv7(now.getTime());
  const { type, intervalSeconds } = definition;
  const [row] = await tx
    .insert(alertRules)
    .values({
      ...{ id, teamId: actor.teamId, name, type, definition, enabled, intervalSeconds },
      offsetMs: phaseOf(id, intervalSeconds),
      createdBy: actor.kind === 'user' ? actor.userId : null,
      ...{ createdAt: now, updatedAt: now, nextSlotAt: sql`alert_now()` },
    })
    .returning()
    .catch((error: unknown) => {
      throw explainTakenName(error, name);
    });
  if (!row) throw new Error('a rule was not inserted');
  await keepVersion(tx, row, actor, now);
  return row;
}

/** Keys in one order, as jsonb has them too. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, canonical(entry)]),
  );
}

const sameContent = (row: RuleRecord, content: RuleContent): boolean =>
  row.name === content.name &&
  row.enabled === content.enabled &&
  JSON.stringify(canonical(row.definition)) === JSON.stringify(canonical(content.definition));

/**
 * Gives a locked rule new content as its next version, to be evaluated at once. Content that is the same is no
 * change: a rule that is set up again keeps its state (alerting S10).
 */
export async function rewriteRule(
  tx: Tx,
  actor: Actor,
  row: RuleRecord,
  content: RuleContent,
  now: Date,
): Promise<RuleRecord> {
  if (sameContent(row, content)) return row;
  const { name, enabled, definition } = content;
  const { type, intervalSeconds } = definition;
  const isNewGrid = intervalSeconds !== row.intervalSeconds;
  const grid = isNewGrid ? { offsetMs: phaseOf(row.id, intervalSeconds), lastSlotAt: null } : {};
  const [after] = await tx
    .update(alertRules)
    .set({
      ...{ name, enabled, definition, type, intervalSeconds, ...grid },
      ...{ version: row.version + 1, updatedAt: now, nextSlotAt: sql`alert_now()` },
    })
    .where(eq(alertRules.id, row.id))
    .returning()
    .catch((error: unknown) => {
      throw explainTakenName(error, name);
    });
  if (!after) throw noSuchRule();
  await keepVersion(tx, after, actor, now);
  return after;
}

/** What the ledger says of a rule. */
export const auditView = ({ name, enabled, version, definition }: RuleRecord) => ({
  name,
  enabled,
  version,
  definition,
});
