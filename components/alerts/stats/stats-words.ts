import type { AlertStats } from '#lib/model/alert-stats.ts';
import { cutText } from '#lib/model/cut-text.ts';
import { formatDuration, formatPercent, formatPlural } from '#lib/model/format.ts';

/** Seconds as people say them; a dash where nothing was measured. */
export const spanWords = (seconds: number | null): string =>
  formatDuration(seconds === null ? null : seconds * 1000);

/** Noise among what was judged; null where nothing was. */
export function noiseShare({ useful, noise }: { useful: number; noise: number }): number | null {
  return useful + noise === 0 ? null : noise / (useful + noise);
}

/** What the figures come to, in words. */
export function verdictOfStats(stats: AlertStats, days: number): string {
  const { opened, meanTimeToAcknowledge, meanTimeToResolve } = stats;
  if (opened === 0) return `No alert began in the last ${days} days`;
  const perDay = opened / days;
  const rate =
    perDay >= 1 ? `about ${formatPlural(Math.round(perDay), 'alert')} a day` : formatPlural(opened, 'alert');
  const acknowledged =
    meanTimeToAcknowledge === null
      ? 'none was acknowledged'
      : `acknowledged after ${spanWords(meanTimeToAcknowledge)} in the mean`;
  const resolved = meanTimeToResolve === null ? '' : `, over after ${spanWords(meanTimeToResolve)}`;
  const share = noiseShare(stats);
  const noise = share === null ? '' : `. ${formatPercent(share)} of what was judged was noise`;
  return `${rate[0]?.toUpperCase()}${rate.slice(1)}, ${acknowledged}${resolved}${noise}`;
}

const DAY_MS = 86_400_000;

/** Every day of the range, also those on which nothing began; days are those of UTC. */
export function everyDay(
  byDay: AlertStats['byDay'],
  days: number,
  nowMs: number,
): { day: number; opened: number }[] {
  const known = new Map(byDay.map(({ day, opened }) => [day, opened]));
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Array.from({ length: days }, (_, i) => {
    const day = today - (days - 1 - i) * DAY_MS;
    return { day, opened: known.get(day) ?? 0 };
  });
}

/** Senders may call a cause anything, as long as they like: as much of it as tells it apart. */
const LONGEST_CAUSE = 120;

export const causeWords = (title: string): string =>
  title.length > LONGEST_CAUSE ? `${cutText(title, LONGEST_CAUSE - 1)}…` : title;
