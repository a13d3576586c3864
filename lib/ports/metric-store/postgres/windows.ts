import type pg from 'pg';
import type { RollupLevel } from '#lib/model/metric.ts';

/** A closed window waits this long for stragglers, and for the finer windows in it, before it is rolled up. */
const GRACE_MS: Record<RollupLevel, number> = { 10: 2_000, 60: 5_000, 3600: 20_000, 86400: 60_000 };
/** A window that changes after it was closed is rolled up again once in this time. */
const LATE_MS: Record<RollupLevel, number> = { 10: 5_000, 60: 10_000, 3600: 30_000, 86400: 60_000 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * For how long the rows of a level are all there: less than they are kept (lib/pipeline/store/retention.ts). Coarser
 * windows that are older are computed from raw rows, since what is left of the rows below them is not the whole.
 */
export const WHOLE_MS = { 10: 4 * HOUR_MS, 60: 88 * DAY_MS, 3600: 390 * DAY_MS } as const;
/** For how long raw rows are all there, whatever a team keeps: a day, with time to spare. */
export const RAW_WHOLE_MS = 23 * HOUR_MS;
/** Marks a window whose rows are right but whose increases changed, because a sample before them came late. */
export const CHAINED_WRITER = 'chained';

export interface ChangedTimes {
  teamId: string;
  timesMs: Iterable<number>;
}

/** When a window may be rolled up that is marked at `nowMs`; late marks share moments, so that they share rows. */
export function dueAt(level: RollupLevel, windowStartMs: number, nowMs: number): number {
  const closed = windowStartMs + level * 1000 + GRACE_MS[level];
  if (nowMs < closed) return closed;
  return Math.ceil(nowMs / LATE_MS[level] + 1) * LATE_MS[level];
}

/** The level at which a change of this time is rolled up first: finer rows of its time are dropped, or soon will be. */
export function firstLevel(timeMs: number, nowMs: number): RollupLevel {
  const ageMs = nowMs - timeMs;
  if (ageMs <= WHOLE_MS[10]) return 10;
  if (ageMs <= WHOLE_MS[60]) return 60;
  return ageMs <= WHOLE_MS[3600] ? 3600 : 86_400;
}

/** The level that a window is summed up from; null stands for raw rows. */
export function sourceOf(level: RollupLevel, windowStartMs: number, nowMs: number): 10 | 60 | 3600 | null {
  if (level === 10) return null;
  const finer = level === 60 ? 10 : level === 3600 ? 60 : 3600;
  return windowStartMs < nowMs - WHOLE_MS[finer] ? null : finer;
}

interface Mark {
  level: RollupLevel;
  startMs: number;
  teamId: string;
}

function marksOf(changed: readonly ChangedTimes[], nowMs: number): Mark[] {
  const marks = new Map<string, Mark>();
  for (const { teamId, timesMs } of changed) {
    let last = Number.NaN;
    for (const timeMs of timesMs) {
      const window = Math.floor(timeMs / 10_000);
      if (window === last) continue;
      last = window;
      const level = firstLevel(timeMs, nowMs);
      const startMs = Math.floor(timeMs / (level * 1000)) * level * 1000;
      marks.set(`${level} ${startMs} ${teamId}`, { level, startMs, teamId });
    }
  }
  return [...marks.values()];
}

const order = (mark: Mark): string => `${mark.level} ${mark.startMs} ${mark.teamId}`;

/**
 * Adds marks, in one order everywhere so that writers never wait for each other in a circle. The update
 * that changes nothing takes the row's lock until the transaction ends.
 */
async function insertMarks(tx: pg.ClientBase, marks: readonly Mark[], writer: string, nowMs: number) {
  if (marks.length === 0) return;
  const sorted = [...marks].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  await tx.query({
    name: 'mark-windows',
    text: `insert into rollup_windows (level, window_start, team_id, writer, due_at)
           select * from unnest($1::int[], $2::timestamptz[], $3::uuid[], $4::text[], $5::timestamptz[])
           on conflict (level, window_start, team_id, writer, due_at)
           do update set writer = excluded.writer`,
    values: [
      sorted.map((mark) => mark.level),
      sorted.map((mark) => new Date(mark.startMs)),
      sorted.map((mark) => mark.teamId),
      sorted.map(() => writer),
      sorted.map((mark) => new Date(dueAt(mark.level, mark.startMs, nowMs))),
    ],
  });
}

/** Marks the finest windows that hold the times. */
export function markChanged(
  tx: pg.ClientBase,
  changed: readonly ChangedTimes[],
  writer: string,
  nowMs: number,
): Promise<void> {
  return insertMarks(tx, marksOf(changed, nowMs), writer, nowMs);
}

/** Marks one window of a coarser level for several teams, after its finer rows were written. */
export function markWindow(
  tx: pg.ClientBase,
  level: RollupLevel,
  startMs: number,
  teamIds: Iterable<string>,
  nowMs: number,
): Promise<void> {
  const marks = [...teamIds].map((teamId) => ({ level, startMs, teamId }));
  return insertMarks(tx, marks, 'roll-up', nowMs);
}
