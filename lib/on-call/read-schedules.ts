import { and, eq, gt, inArray, isNull, lt, type SQL } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { scheduleOverrides, schedules } from '#db/schema/on-call.ts';
import { type OverrideRule, type Rotation, readRotations } from '#lib/model/on-call.ts';

/** A schedule with everything that decides who is on call. */
export interface ScheduleRecord {
  id: string;
  teamId: string;
  name: string;
  timeZone: string;
  rotations: Rotation[];
  overrides: OverrideRule[];
  updatedAt: number;
}

type OverrideRow = typeof scheduleOverrides.$inferSelect;

function toRule(row: OverrideRow): OverrideRule {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.userId,
    replacesUserId: row.replacesUserId,
    startsAt: row.startsAt.getTime(),
    endsAt: row.endsAt.getTime(),
    createdAt: row.createdAt.getTime(),
  };
}

/** Schedules that are not deleted, with the overrides that touch a stretch of time (Unix milliseconds). */
export async function readSchedules(
  db: Reader,
  which: SQL | undefined,
  { from, to }: { from: number; to: number },
): Promise<ScheduleRecord[]> {
  const rows = await db
    .select()
    .from(schedules)
    .where(and(isNull(schedules.deletedAt), which))
    .orderBy(schedules.name);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const overrides = await db
    .select()
    .from(scheduleOverrides)
    .where(
      and(
        inArray(scheduleOverrides.scheduleId, ids),
        gt(scheduleOverrides.endsAt, new Date(from)),
        lt(scheduleOverrides.startsAt, new Date(to)),
      ),
    );
  return rows.map((row) => ({
    id: row.id,
    teamId: row.teamId,
    name: row.name,
    timeZone: row.timeZone,
    rotations: readRotations(row.rotations),
    overrides: overrides.filter(({ scheduleId }) => scheduleId === row.id).map(toRule),
    updatedAt: row.updatedAt.getTime(),
  }));
}

export const ofTeamSchedules = (teamId: string): SQL => eq(schedules.teamId, teamId);
