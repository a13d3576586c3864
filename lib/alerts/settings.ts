import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertSettings } from '#db/schema/alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { alertSettingsSchema } from '#lib/model/alert-route.ts';

const MINUTE_MS = 60_000;

/** How the team wants its alerts handled. */
export const readAlertSettings = defineQuery({
  name: 'alert-settings.read',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<z.output<typeof alertSettingsSchema>> {
    const [row] = await db
      .select({ timeoutMs: alertSettings.acknowledgementTimeoutMs })
      .from(alertSettings)
      .where(eq(alertSettings.teamId, actor.teamId));
    const timeoutMs = row?.timeoutMs ?? null;
    return { acknowledgementTimeoutMinutes: timeoutMs === null ? null : timeoutMs / MINUTE_MS };
  },
});

/** Changes how alerts are handled. Acknowledgements that were given keep the end they had (alerting S78). */
export const updateAlertSettings = defineCommand({
  name: 'alert-settings.update',
  permission: 'alert-routing:manage',
  input: alertSettingsSchema,
  audit: { action: 'alert-settings.update', target: 'team' },
  async run({ input, actor, tx }) {
    const minutes = input.acknowledgementTimeoutMinutes;
    const acknowledgementTimeoutMs = minutes === null ? null : minutes * MINUTE_MS;
    await tx
      .insert(alertSettings)
      .values({ teamId: actor.teamId, acknowledgementTimeoutMs })
      .onConflictDoUpdate({ target: alertSettings.teamId, set: { acknowledgementTimeoutMs } });
    return { result: input, targetId: actor.teamId, after: input };
  },
});
