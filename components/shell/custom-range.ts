import { LONGEST_RANGE_MS, SHORTEST_RANGE_MS } from '#lib/model/time-range.ts';
import { instantOf, wallTimeAt } from '#lib/model/zoned-time.ts';

/** What two fields of local time come to: a range, or what is wrong and with which field. */
export type CustomRange = { fromMs: number; toMs: number } | { field: 'from' | 'to'; fault: string };

const DAY_MS = 86_400_000;

/** The moment that a `datetime-local` field holds in a zone; NaN when it is none. */
export function momentOf(text: string, zone: string): number {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? wall : instantOf(zone, wall);
}

/** Reads what `datetime-local` fields hold, in the viewer's zone. */
export function readCustomRange(from: string, to: string, nowMs: number, zone: string): CustomRange {
  const fromMs = momentOf(from, zone);
  const toMs = momentOf(to, zone);
  if (Number.isNaN(fromMs)) return { field: 'from', fault: 'Give a date and a time.' };
  if (Number.isNaN(toMs)) return { field: 'to', fault: 'Give a date and a time.' };
  if (fromMs > nowMs) return { field: 'from', fault: 'The range must start in the past.' };
  if (toMs <= fromMs) return { field: 'to', fault: 'The end must lie after the start.' };
  if (toMs - fromMs < SHORTEST_RANGE_MS)
    return { field: 'to', fault: `A range has at least ${SHORTEST_RANGE_MS / 1000} seconds.` };
  if (toMs - fromMs > LONGEST_RANGE_MS)
    return { field: 'from', fault: `A range has at most ${LONGEST_RANGE_MS / DAY_MS} days.` };
  return { fromMs, toMs };
}

/** A moment as a `datetime-local` field wants it: time of the zone to the second. */
export function fieldTime(ms: number, zone: string): string {
  return new Date(wallTimeAt(zone, ms)).toISOString().slice(0, 19);
}

/** A zone in words, as it is at a moment: `Europe/Berlin, UTC+02:00`. */
export function zoneWords(ms: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZoneName: 'longOffset', timeZone: zone });
  const parts = format.formatToParts(ms);
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? 'UTC';
  return zone === offset ? zone : `${zone}, ${offset}`;
}
