import { eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { users } from '#db/schema/members.ts';
import { schedules } from '#db/schema/on-call.ts';
import { readGrants } from '#lib/access/grants.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { Shift } from '#lib/model/on-call.ts';
import type { OnCallReport, Person, ScheduleDetail, ShiftView } from '#lib/model/on-call-view.ts';
import { LAST_MS, momentMs } from '#lib/model/time-schema.ts';
import { DAY_MS, dayStart, instantOf, wallTimeAt, weekdayOf } from '#lib/model/zoned-time.ts';
import { answerOf } from './answer-of.ts';
import { gapsOf, overlapsOf, sinceMade } from './coverage.ts';
import { ofTeamSchedules, readSchedules } from './read-schedules.ts';
import { noSuchSchedule } from './refusals.ts';
import { readTeamPeople } from './team-people.ts';
import { shiftsBetween } from './who-is-on-call.ts';

const LONGEST_RANGE_MS = 93 * DAY_MS;

/** A way by push stays when the last device of it has gone (alerting S95). */
const LOST_DEVICES = sql<boolean>`
  exists (select from contact_methods m where m.user_id = users.id and m.kind = 'push')
  and not exists (select from push_subscriptions p where p.user_id = users.id)`;

/** Names of people, those who have left the team too. */
async function peopleBy(db: Reader, teamId: string, ids: readonly string[]): Promise<Map<string, Person>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name, email: users.email, lostDevices: LOST_DEVICES })
    .from(users)
    .where(inArray(users.id, wanted));
  const present = new Set((await readTeamPeople(db, [teamId])).map(({ userId }) => userId));
  const grants = await readGrants(db, wanted);
  return new Map(
    rows.map(({ id, name, email, lostDevices }) => {
      const known = { id, name: name || email, isPresent: present.has(id), lostDevices };
      return [id, { ...known, ...answerOf(teamId, grants.get(id)) }];
    }),
  );
}

function toView({ startsAt, endsAt, userId, source }: Shift, people: ReadonlyMap<string, Person>): ShiftView {
  return { startsAt, endsAt, source, person: userId === null ? null : (people.get(userId) ?? null) };
}

const idsIn = (shifts: readonly Shift[]) => shifts.flatMap(({ userId }) => userId ?? []);

/** The end of next week, Sunday midnight in the zone. */
function endOfNextWeek(zone: string, now: number): number {
  const today = dayStart(wallTimeAt(zone, now));
  return instantOf(zone, today + (15 - weekdayOf(today)) * DAY_MS);
}

/** Who is on call now and until the end of next week, by schedule. */
export const whoIsOnCall = defineQuery({
  name: 'on-call.report',
  permission: 'on-call:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<OnCallReport> {
    const at = (await databaseNow(db)).getTime();
    const range = { from: at, to: at + 16 * DAY_MS };
    const found = await readSchedules(db, ofTeamSchedules(actor.teamId), range);
    const answers = found.map((schedule) => ({
      schedule,
      shifts: shiftsBetween(schedule, schedule.overrides, at, endOfNextWeek(schedule.timeZone, at)),
    }));
    const people = await peopleBy(
      db,
      actor.teamId,
      answers.flatMap(({ shifts }) => idsIn(shifts)),
    );
    return {
      at,
      schedules: answers.map(({ schedule: { id, name, timeZone }, shifts }) => {
        const views = shifts.map((shift) => toView(shift, people));
        return { id, name, timeZone, now: views[0] ?? null, next: views[1] ?? null, shifts: views };
      }),
    };
  },
});

const detailInput = z.strictObject({
  id: z.uuid(),
  from: momentMs
    .max(LAST_MS - LONGEST_RANGE_MS)
    .optional()
    .describe('Default: now'),
  to: momentMs.optional().describe('Default: a week later; at most 93 days after `from`'),
});

/** One schedule with its shifts in a range, where nobody is on call and what overlaps. @throws AppError `not_found` */
export const getSchedule = defineQuery({
  name: 'schedules.get',
  permission: 'on-call:read',
  input: detailInput,
  async run({ input, actor, db }): Promise<ScheduleDetail> {
    const from = input.from ?? (await databaseNow(db)).getTime();
    const to = Math.min(Math.max(input.to ?? from + 7 * DAY_MS, from + 1), from + LONGEST_RANGE_MS);
    const [row] = await db
      .select({
        teamId: schedules.teamId,
        calendar: schedules.calendarTokenHash,
        createdAt: schedules.createdAt,
      })
      .from(schedules)
      .where(eq(schedules.id, input.id));
    if (row?.teamId !== actor.teamId) throw noSuchSchedule();
    const [schedule] = await readSchedules(db, eq(schedules.id, input.id), { from, to });
    if (!schedule) throw noSuchSchedule();
    const all = shiftsBetween(schedule, schedule.overrides, from, to);
    const shifts = sinceMade(all, row.createdAt.getTime());
    const named = [
      ...idsIn(shifts),
      ...schedule.rotations.flatMap(({ participants }) => participants),
      ...schedule.overrides.flatMap(({ userId, replacesUserId }) =>
        [userId ?? [], replacesUserId ?? []].flat(),
      ),
    ];
    const people = await peopleBy(db, actor.teamId, named);
    const personOf = (id: string | null) => (id === null ? null : (people.get(id) ?? null));
    const { id, name, timeZone, rotations, updatedAt } = schedule;
    return {
      id,
      name,
      timeZone,
      rotations,
      overrides: schedule.overrides.map(({ userId, replacesUserId, createdAt: _at, ...override }) => ({
        ...override,
        person: personOf(userId),
        replaces: personOf(replacesUserId),
      })),
      from,
      to,
      shifts: shifts.map((shift) => toView(shift, people)),
      gaps: gapsOf(shifts, { startsAt: from, endsAt: to }),
      overlaps: overlapsOf(schedule, schedule.overrides, { startsAt: from, endsAt: to }),
      people: [...people.values()],
      hasCalendar: row.calendar !== null,
      updatedAt,
    };
  },
});

/** People of the team who can be on call. */
export const listOnCallPeople = defineQuery({
  name: 'on-call.people',
  permission: 'on-call:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<Person[]> {
    const people = await readTeamPeople(db, [actor.teamId]);
    const known = await peopleBy(
      db,
      actor.teamId,
      people.map(({ userId }) => userId),
    );
    return people.flatMap(({ userId }) => known.get(userId) ?? []);
  },
});
