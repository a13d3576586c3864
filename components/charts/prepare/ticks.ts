import { DAY_MS, wallTimeAt } from '#lib/model/zoned-time.ts';

const DAY_SECONDS = 86_400;
// Wall times are shown as if their clocks were UTC.
const utc = { timeZone: 'UTC', hourCycle: 'h23' } as const;
const day = new Intl.DateTimeFormat(undefined, { ...utc, month: 'short', day: 'numeric' });
const minute = new Intl.DateTimeFormat(undefined, { ...utc, hour: '2-digit', minute: '2-digit' });
const second = new Intl.DateTimeFormat(undefined, {
  ...utc,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * Words under a time axis, in the viewer's zone: clock times, a date where a day begins or steps are days.
 *
 * @param splits Unix seconds
 * @param stepSeconds distance of two splits
 * @param zone IANA name
 */
export function tickWords(splits: readonly number[], stepSeconds: number, zone: string): string[] {
  return splits.map((split) => {
    const wall = wallTimeAt(zone, split * 1000);
    if (stepSeconds >= DAY_SECONDS || wall % DAY_MS === 0) return day.format(wall);
    return stepSeconds < 60 ? second.format(wall) : minute.format(wall);
  });
}
