import type { LabelMatcher } from '#lib/model/alert.ts';
import { isClockTime, type MaintenanceWhen, type TimeInterval } from '#lib/model/maintenance.ts';
import type { MaintenanceView } from '#lib/model/mute.ts';
import { formatWallTime, instantOf, parseWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';

/** One line of the calendar as it is typed: all of it must fit. Empty means any. */
export interface IntervalDraft {
  /** 0 is Sunday. */
  weekdays: number[];
  from: string;
  to: string;
  /** `1, 15 to 17, -1`. */
  days: string;
  months: number[];
  /** Only written by the API; kept. */
  years: TimeInterval['years'];
}

export interface MaintenanceDraft {
  name: string;
  matchers: LabelMatcher[];
  timeZone: string;
  enabled: boolean;
  kind: MaintenanceWhen['kind'];
  /** Wall times of the zone. */
  startsAt: string;
  endsAt: string;
  intervals: IntervalDraft[];
}

export const NEW_INTERVAL: IntervalDraft = {
  ...{ weekdays: [0], from: '02:00', to: '04:00', days: '', months: [], years: undefined },
};

const expand = (ranges: readonly { from: number; to: number }[] | undefined): number[] =>
  (ranges ?? []).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** Neighbours joined to ranges; nothing chosen is no limit. */
function join(numbers: readonly number[]): { from: number; to: number }[] | undefined {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.length === 0 ? undefined : ranges;
}

function draftInterval(interval: TimeInterval): IntervalDraft[] {
  const days = (interval.daysOfMonth ?? [])
    .map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`))
    .join(', ');
  const rest = {
    ...{ weekdays: expand(interval.weekdays), days, months: expand(interval.months) },
    years: interval.years,
  };
  return (interval.times ?? [{ from: '', to: '' }]).map((time) => ({ ...rest, ...time }));
}

/** A stored window in the fields of its form. */
export function maintenanceDraft(view: MaintenanceView): MaintenanceDraft {
  const { name, matchers, timeZone, enabled, when } = view;
  const wall = (ms: number) => formatWallTime(wallTimeAt(timeZone, ms));
  return {
    ...{ name, matchers, timeZone, enabled, kind: when.kind },
    startsAt: when.kind === 'once' ? wall(when.startsAt) : '',
    endsAt: when.kind === 'once' ? wall(when.endsAt) : '',
    intervals: when.kind === 'once' ? [NEW_INTERVAL] : when.intervals.flatMap(draftInterval),
  };
}

const DAY = /^(-?\d{1,2})(?:\s*(?:to|:)\s*(-?\d{1,2}))?$/;

function readDays(text: string): { from: number; to: number }[] | null | undefined {
  if (text.trim() === '') return undefined;
  const read = text.split(',').map((part) => DAY.exec(part.trim()));
  if (read.includes(null)) return null;
  return read.map((match) => ({ from: Number(match?.[1]), to: Number(match?.[2] ?? match?.[1]) }));
}

export interface MaintenanceReading {
  /** Null while something can't be read. */
  when: MaintenanceWhen | null;
  issues: { path: string; message: string }[];
}

/** Why two typed times are no stretch of a day; null where they are. */
function faultOfTimes(from: string, to: string): string | null {
  const none = [from, to].find((text) => !isClockTime(text));
  if (none === '') return 'Give both times, or leave both empty for all day.';
  if (none !== undefined) return `${none} is no time of the day: write it as HH:MM, like 09:30.`;
  if (from < to) return null;
  return 'The end must be after the start. Over midnight: one line to 24:00, another from 00:00.';
}

function readIntervals(intervals: readonly IntervalDraft[]): MaintenanceReading {
  const issues: MaintenanceReading['issues'] = [];
  const read = intervals.map(({ weekdays, from, to, days, months, years }, i): TimeInterval => {
    const path = `when.intervals.${i}`;
    const daysOfMonth = readDays(days);
    if (daysOfMonth === null) issues.push({ path, message: 'Write days like 1, 15 to 17, -1.' });
    const isWhole = from === '' && to === '';
    const fault = isWhole ? null : faultOfTimes(from, to);
    if (fault !== null) issues.push({ path, message: fault });
    return {
      ...(!isWhole && { times: [{ from, to }] }),
      ...(join(weekdays) && { weekdays: join(weekdays) }),
      ...(daysOfMonth && { daysOfMonth }),
      ...(join(months) && { months: join(months) }),
      ...(years && { years }),
    };
  });
  if (read.length === 0) issues.push({ path: 'when', message: 'Say when it is.' });
  return { when: issues.length === 0 ? { kind: 'recurring', intervals: read } : null, issues };
}

/** What the fields say of the times, in the zone that is typed. */
export function readMaintenance(draft: MaintenanceDraft, isZone: boolean): MaintenanceReading {
  if (!isZone) return { when: null, issues: [{ path: 'timeZone', message: 'There is no such time zone.' }] };
  if (draft.kind === 'recurring') return readIntervals(draft.intervals);
  const [start, end] = [parseWallTime(draft.startsAt), parseWallTime(draft.endsAt)];
  const issues = [
    ...(Number.isNaN(start) ? [{ path: 'when.startsAt', message: 'Say when it starts.' }] : []),
    ...(Number.isNaN(end) ? [{ path: 'when.endsAt', message: 'Say when it ends.' }] : []),
    ...(end <= start ? [{ path: 'when.endsAt', message: 'The end must be after the start.' }] : []),
  ];
  if (issues.length > 0) return { when: null, issues };
  const at = (wall: number) => instantOf(draft.timeZone, wall);
  return { when: { kind: 'once', startsAt: at(start), endsAt: at(end) }, issues };
}
