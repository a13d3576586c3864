/** Spans of time as people type them: `30s`, `5m`, `1h 30m`, `2d`; a bare number is seconds. */

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
type Unit = keyof typeof UNIT_SECONDS;

const PART = /(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)\b\s*/gy;

/** Seconds of a typed span; NaN for what is none. */
export function readSpan(text: string): number {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  let seconds = 0;
  let end = 0;
  for (const part of trimmed.replaceAll(/(\d)(s|m|h|d)(?=\d)/g, '$1$2 ').matchAll(PART)) {
    seconds += Number(part[1]) * UNIT_SECONDS[(part[2] ?? 's').charAt(0) as Unit];
    end = part.index + part[0].length;
  }
  const isWhole = end > 0 && end === trimmed.replaceAll(/(\d)(s|m|h|d)(?=\d)/g, '$1$2 ').length;
  return isWhole ? seconds : Number.NaN;
}

/** Seconds in the fewest parts: `90` is `1m 30s`. */
export function writeSpan(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNIT_SECONDS[unit]);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * UNIT_SECONDS[unit];
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

const WORDS: Record<Unit, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** Seconds in words: `5 minutes`, `1 hour 30 minutes`. */
export function saySpan(seconds: number): string {
  return writeSpan(seconds).replaceAll(/(\d+)([smhd])/g, (_all, count: string, unit: Unit) => {
    return `${count} ${WORDS[unit]}${count === '1' ? '' : 's'}`;
  });
}
