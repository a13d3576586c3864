/** How numbers, durations, money and moments are written, everywhere the same. Missing is a dash, never zero. */

export const MISSING = '–';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

type Maybe = number | null | undefined;

function missing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

/** `0.4`, `12`, `9,480`, `12.3k`, `4.6M`. */
export function formatCount(value: Maybe): string {
  if (missing(value)) return MISSING;
  const size = Math.abs(value);
  if (size >= 999_950_000) return `${oneDigit.format(value / 1e9)}B`;
  if (size >= 999_950) return `${oneDigit.format(value / 1e6)}M`;
  if (size >= 10_000) return `${oneDigit.format(value / 1e3)}k`;
  if (size >= 100 || Number.isInteger(value)) return grouped.format(value);
  return size >= 10 ? oneDigit.format(value) : twoDigits.format(value);
}

/** A ratio of 0 to 1 as `0%`, `0.35%`, `4.2%`, `38%`. */
export function formatPercent(ratio: Maybe): string {
  if (missing(ratio)) return MISSING;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return '<0.01%';
  const size = Math.abs(percent);
  const digits = size >= 10 ? grouped : size >= 1 ? oneDigit : twoDigits;
  return `${digits.format(percent)}%`;
}

/** Milliseconds as `4.2 ms`, `820 ms`, `1.24 s`, `48 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(ms: Maybe): string {
  if (missing(ms)) return MISSING;
  if (ms < 10) return `${oneDigit.format(ms)} ms`;
  if (ms < 999.5) return `${grouped.format(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${twoDigits.format(seconds)} s`;
  if (seconds < 59.5) return `${grouped.format(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoParts(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return twoParts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return twoParts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoParts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** US dollars as `$0`, `$0.0042`, `$0.37`, `$12.40`, `$253`, `$1,204`, `$48.2k`. */
export function formatMoney(usd: Maybe): string {
  if (missing(usd)) return MISSING;
  const size = Math.abs(usd);
  if (size === 0) return '$0';
  if (size < 0.0001) return '<$0.0001';
  if (size < 0.1) return `$${usd.toPrecision(2)}`;
  if (size < 99.995) return `$${usd.toFixed(2)}`;
  if (size < 1000) return `$${grouped.format(usd)}`;
  return `$${formatCount(usd)}`;
}

/** How long ago a moment was: `just now`, `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAgo(atMs: Maybe, nowMs: number): string {
  if (missing(atMs)) return 'never';
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A moment in UTC to the second, for titles over local times: `2026-11-23 04:17:10 UTC`. */
export function formatUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The change from one value to another: `+12%`, `-4%`, `no change`, null when it can't be said. */
export function formatChange(now: Maybe, before: Maybe): string | null {
  if (missing(now) || missing(before) || before === 0) return null;
  const ratio = (now - before) / Math.abs(before);
  if (Math.abs(ratio) < 0.005) return 'no change';
  if (ratio > 9.995) return `${oneDigit.format(now / before)}×`;
  return `${ratio > 0 ? '+' : '−'}${grouped.format(Math.abs(ratio) * 100)}%`;
}

/** A number with its noun: `1 agent`, `3 agents`. */
export function formatPlural(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped.format(count)} ${count === 1 ? noun : plural}`;
}
