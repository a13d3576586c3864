import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { teams } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { TeamSettingsView } from '#lib/model/team-settings.ts';

/** What the actor's team decided about its telemetry. */
export const getTeamSettings = defineQuery({
  name: 'team.settings',
  permission: 'team:read',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<TeamSettingsView> => {
    const { rawRetentionDays, spanRetentionDays, logRetentionDays } = teams;
    const [settings] = await db
      .select({ rawRetentionDays, spanRetentionDays, logRetentionDays })
      .from(teams)
      .where(eq(teams.id, actor.teamId));
    if (!settings) throw new AppError('not_found', 'There is no such team.');
    return settings;
  },
});
