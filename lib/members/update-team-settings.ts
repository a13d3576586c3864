import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { teams } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS } from '#lib/model/team-settings.ts';

const OUT_OF_RANGE = `Choose ${MIN_RETENTION_DAYS} to ${MAX_RETENTION_DAYS} days.`;
const days = z.int(OUT_OF_RANGE).min(MIN_RETENTION_DAYS, OUT_OF_RANGE).max(MAX_RETENTION_DAYS, OUT_OF_RANGE);

const input = z.strictObject({
  rawRetentionDays: days.nullable().optional(),
  spanRetentionDays: days.optional(),
  logRetentionDays: days.optional(),
  /** The settings as the person saw them; a change in between is then a conflict. */
  seen: z.strictObject({
    rawRetentionDays: z.int32().nullable(),
    spanRetentionDays: z.int32(),
    logRetentionDays: z.int32(),
  }),
});

/**
 * Decides for how long points, spans and logs are kept. Ingest hears of it within 5 s; what is past a shorter retention goes with the next round of the worker.
 *
 * @throws AppError `conflict` when the settings are no longer those of `seen`
 */
export const updateTeamSettings = defineCommand({
  name: 'team.update-settings',
  permission: 'team:update',
  input,
  audit: { action: 'team.update-settings', target: 'team' },
  async run({ input: { seen, ...given }, actor, tx }) {
    const after = {
      rawRetentionDays: given.rawRetentionDays === undefined ? seen.rawRetentionDays : given.rawRetentionDays,
      spanRetentionDays: given.spanRetentionDays ?? seen.spanRetentionDays,
      logRetentionDays: given.logRetentionDays ?? seen.logRetentionDays,
    };
    const updated = await tx
      .update(teams)
      .set(after)
      .where(
        and(
          eq(teams.id, actor.teamId),
          sql`${teams.rawRetentionDays} is not distinct from ${seen.rawRetentionDays}::int`,
          eq(teams.spanRetentionDays, seen.spanRetentionDays),
          eq(teams.logRetentionDays, seen.logRetentionDays),
        ),
      )
      .returning({ id: teams.id });
    if (updated.length === 0)
      throw new AppError('conflict', 'Somebody else changed these settings. Reload to see the change.');
    return { result: after, targetId: actor.teamId, before: seen, after };
  },
});
