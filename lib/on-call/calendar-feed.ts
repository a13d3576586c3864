import { createHash } from 'node:crypto';

/** A shift as a calendar shows it; Unix milliseconds. */
interface CalendarShift {
  userId: string;
  name: string;
  startsAt: number;
  endsAt: number;
}

/** Octets of a content line, without its line break (RFC 5545, section 3.1). */
const LINE_OCTETS = 75;
const encoder = new TextEncoder();

/** Breaks a content line between characters, never within one. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (octets + size > LINE_OCTETS) {
      parts.push(part);
      [part, octets] = [' ', 1];
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}

/** TEXT values escape what structures a line (RFC 5545, section 3.3.11). */
function escapeText(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, '');
}

function utc(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

function eventOf(scheduleId: string, shift: CalendarShift, stampedAt: number, words: string): string[] {
  const identity = `${scheduleId} ${shift.userId} ${shift.startsAt}`;
  const uid = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return [
    'BEGIN:VEVENT',
    `UID:${uid}@pitwall`,
    `DTSTAMP:${utc(stampedAt)}`,
    `DTSTART:${utc(shift.startsAt)}`,
    `DTEND:${utc(shift.endsAt)}`,
    `SUMMARY:${escapeText(words)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/**
 * The shifts of a schedule as a calendar (RFC 5545). A shift keeps its UID as long as it is the same person's
 * and begins at the same moment.
 */
export function calendarFeed(
  schedule: { id: string; name: string; updatedAt: number },
  shifts: readonly CalendarShift[],
): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Pitwall//On-call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(`On call: ${schedule.name}`)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...shifts.flatMap((shift) =>
      eventOf(schedule.id, shift, schedule.updatedAt, `${shift.name} on call: ${schedule.name}`),
    ),
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}
