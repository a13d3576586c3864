import type { z } from 'zod';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { requirePermission } from '#lib/access/require.ts';
import { AppError, type FieldIssue, isAppError } from '#lib/kernel/errors.ts';
import { type FeatureFlag, flagOff } from '#lib/model/installation-settings.ts';
import { UNSTORABLE, unstorablePaths } from '#lib/model/storable-text.ts';
import type { CommandContext } from './context.ts';
import { wordsOfIssue } from './issue-words.ts';
import { recordRefusal } from './record-refusal.ts';

/** Whether a number is beyond what machines count exactly, which every whole number is held to beside its own limits. */
const isBeyondCounting = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) ||
  (issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER);

/** What is wrong with each field; of a number that is out of all range its own limit alone. */
function told(issues: readonly z.core.$ZodIssue[]): FieldIssue[] {
  const all = issues.map((issue) => ({ issue, path: issue.path.join('.'), message: issue.message }));
  const helps = ({ issue, path }: (typeof all)[number]) =>
    !isBeyondCounting(issue) || !all.some((other) => other.issue !== issue && other.path === path);
  return all.filter(helps).map(({ path, message }) => ({ path, message }));
}

/** Why input is refused; text that the database can't hold counts for every verb. */
function issuesOf({ error, data }: z.ZodSafeParseResult<unknown>): FieldIssue[] {
  if (error) return told(error.issues);
  return unstorablePaths(data).map((path) => ({ path, message: UNSTORABLE }));
}

/**
 * Parses the input of a verb.
 *
 * @throws AppError `invalid` with one issue per refused field
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const parsed = schema.safeParse(raw, { error: wordsOfIssue });
  const issues = issuesOf(parsed);
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/** A verb as a refusal names it in the ledger. */
export interface Guarded {
  action: string;
  targetKind: string;
  permission: Permission;
  /** The flag that it belongs to. */
  feature?: FeatureFlag | undefined;
}

/** Throws `not_found` while the feature that a verb belongs to is switched off: to this installation it is not there. */
async function requireFeature({ features }: CommandContext, feature: FeatureFlag | undefined): Promise<void> {
  const off = feature === undefined ? null : flagOff(await features?.(), feature);
  if (off !== null)
    throw new AppError('not_found', `This is switched off here: the feature flag ${off} is off.`);
}

/**
 * Runs `work` if the actor holds the permission. A refusal, before or inside the work, leaves its own row
 * in the ledger; that this row can't be written never hides the refusal.
 */
export async function guarded<R>(
  context: CommandContext,
  actor: Actor,
  verb: Guarded,
  work: () => Promise<R>,
): Promise<R> {
  try {
    requirePermission(actor, verb.permission);
    await requireFeature(context, verb.feature);
    return await work();
  } catch (error) {
    if (isAppError(error) && error.code === 'forbidden') {
      await recordDenial(context, actor, verb, error.message);
    }
    throw error;
  }
}

async function recordDenial(
  context: CommandContext,
  actor: Actor,
  verb: Guarded,
  reason: string,
): Promise<void> {
  const { action, targetKind } = verb;
  const target = { kind: targetKind, id: '' };
  try {
    await recordRefusal(context, { actor, action, target, outcome: 'denied', reason });
  } catch (error) {
    context.log.error({ err: error, action }, 'a denial could not be recorded');
  }
}
