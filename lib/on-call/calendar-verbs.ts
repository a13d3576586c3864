import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { schedules } from '#db/schema/on-call.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { paths } from '#lib/model/paths.ts';
import { DAY_MS } from '#lib/model/zoned-time.ts';
import { calendarFeed } from './calendar-feed.ts';
import { readSchedules } from './read-schedules.ts';
import { lockSchedule } from './schedule-verbs.ts';
import { readTeamPeople } from './team-people.ts';
import { shiftsBetween } from './who-is-on-call.ts';

const PAST_MS = 28 * DAY_MS;
const AHEAD_MS = 90 * DAY_MS;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Gives a schedule a new secret calendar address; the former one answers no more. The answer is the only place
 * where it stands.
 */
export const rotateCalendar = defineCommand({
  name: 'schedules.rotate-calendar',
  permission: 'on-call:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'schedule.rotate-calendar', target: 'schedule' },
  async run({ input: { id }, actor, tx }) {
    const { name } = await lockSchedule(tx, actor.teamId, id);
    const token = randomToken();
    await tx
      .update(schedules)
      .set({ calendarTokenHash: hashOf(token) })
      .where(eq(schedules.id, id));
    return { result: { id, path: paths.api.calendar(token) }, targetId: id, after: { name } };
  },
});

/** Takes the calendar address of a schedule back. */
export const removeCalendar = defineCommand({
  name: 'schedules.remove-calendar',
  permission: 'on-call:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'schedule.remove-calendar', target: 'schedule' },
  async run({ input: { id }, actor, tx }) {
    const { name } = await lockSchedule(tx, actor.teamId, id);
    await tx.update(schedules).set({ calendarTokenHash: null }).where(eq(schedules.id, id));
    return { result: { id }, targetId: id, before: { name } };
  },
});

/** The calendar behind a secret address: four weeks back and ninety days ahead; null for an address that is none. */
export async function readCalendar(db: Db, token: string): Promise<string | null> {
  const now = (await databaseNow(db)).getTime();
  const range = { from: now - PAST_MS, to: now + AHEAD_MS };
  const found = await readSchedules(db, eq(schedules.calendarTokenHash, hashOf(token)), range);
  const [schedule] = found;
  if (!schedule) return null;
  const people = await readTeamPeople(db, [schedule.teamId]);
  const names = new Map(people.map(({ userId, name }) => [userId, name]));
  const shifts = shiftsBetween(schedule, schedule.overrides, range.from, range.to);
  return calendarFeed(
    schedule,
    shifts.flatMap(({ userId, startsAt, endsAt }) => {
      const name = userId === null ? undefined : names.get(userId);
      return userId !== null && name !== undefined ? [{ userId, name, startsAt, endsAt }] : [];
    }),
  );
}
