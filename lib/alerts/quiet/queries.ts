import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { inhibitionRules, maintenanceWindows, silences } from '#db/schema/alerts.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { maintenanceWhenSchema } from '#lib/model/maintenance.ts';
import type { InhibitionView, MaintenanceView, SilenceView } from '#lib/model/mute.ts';
import { isInMaintenance } from '../maintenance-time.ts';

/** Silences that ended are shown this long (alerting S51). */
const EXPIRED_MS = 5 * 86_400_000;
const MOST = 1000;

function viewOf(row: typeof silences.$inferSelect, now: Date): SilenceView {
  const state = row.endsAt <= now ? 'expired' : row.startsAt > now ? 'pending' : 'active';
  return {
    id: row.id,
    matchers: row.matchers,
    startsAt: row.startsAt.getTime(),
    endsAt: row.endsAt.getTime(),
    comment: row.comment,
    createdBy: row.createdByName,
    updatedAt: row.updatedAt.getTime(),
    replaces: row.replaces,
    state,
  };
}

/** The silences of the team, those that end last first; expired ones for 5 days. */
export const listSilences = defineQuery({
  name: 'silences.list',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: SilenceView[] }> {
    const now = await databaseNow(db);
    const shown = gt(silences.endsAt, new Date(now.getTime() - EXPIRED_MS));
    const rows = await db
      .select()
      .from(silences)
      .where(and(eq(silences.teamId, actor.teamId), shown))
      .orderBy(desc(silences.endsAt), desc(silences.id))
      .limit(MOST);
    return { items: rows.map((row) => viewOf(row, now)) };
  },
});

/** @throws AppError `not_found` */
export const getSilence = defineQuery({
  name: 'silences.get',
  permission: 'alerts:read',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input: { id }, actor, db }): Promise<SilenceView> {
    const own = and(eq(silences.id, id), eq(silences.teamId, actor.teamId));
    const [row] = await db.select().from(silences).where(own);
    if (!row) throw new AppError('not_found', 'There is no such silence.');
    return viewOf(row, await databaseNow(db));
  },
});

/** The maintenance windows of the team by name. */
export const listMaintenanceWindows = defineQuery({
  name: 'maintenance.list',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: MaintenanceView[] }> {
    const now = await databaseNow(db);
    const rows = await db
      .select()
      .from(maintenanceWindows)
      .where(eq(maintenanceWindows.teamId, actor.teamId))
      .orderBy(asc(maintenanceWindows.name), asc(maintenanceWindows.id))
      .limit(MOST);
    const items = rows.map(({ id, name, matchers, timeZone, when: stored, enabled, updatedAt }) => {
      const when = maintenanceWhenSchema.parse(stored);
      const isOn = enabled && isInMaintenance(when, timeZone, now);
      return { id, name, matchers, timeZone, when, enabled, updatedAt: updatedAt.getTime(), isOn };
    });
    return { items };
  },
});

/** The inhibition rules of the team by name. */
export const listInhibitionRules = defineQuery({
  name: 'inhibition.list',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: InhibitionView[] }> {
    const rows = await db
      .select()
      .from(inhibitionRules)
      .where(eq(inhibitionRules.teamId, actor.teamId))
      .orderBy(asc(inhibitionRules.name), asc(inhibitionRules.id))
      .limit(MOST);
    return {
      items: rows.map(({ id, name, source, target, equal }) => ({ id, name, source, target, equal })),
    };
  },
});
