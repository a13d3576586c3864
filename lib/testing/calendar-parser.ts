/** A reader of calendars that takes nothing but what RFC 5545 and 7986 allow: what it reads, programs read. */

interface CalendarEvent {
  uid: string;
  summary: string;
  startsAt: number;
  endsAt: number;
}

interface Line {
  name: string;
  parameters: Readonly<Record<string, string>>;
  value: string;
}

type Property = readonly [rule: 'once' | 'optional', type: keyof typeof TYPES];

const UTC = /^(\d{4})(\d\d)(\d\d)T([01]\d|2[0-3])([0-5]\d)([0-5]\d)Z$/;
const TYPES = {
  text: /^(?:[^\\;,\p{Cc}]|\\[\\;,nN])*$/u,
  time: UTC,
  duration: /^P(?:\d+W|(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/,
} as const;

const CALENDAR: Record<string, Property> = {
  VERSION: ['once', 'text'],
  PRODID: ['once', 'text'],
  CALSCALE: ['optional', 'text'],
  METHOD: ['optional', 'text'],
  'X-WR-CALNAME': ['optional', 'text'],
  'REFRESH-INTERVAL': ['optional', 'duration'],
};
const EVENT: Record<string, Property> = {
  UID: ['once', 'text'],
  DTSTAMP: ['once', 'time'],
  DTSTART: ['once', 'time'],
  DTEND: ['once', 'time'],
  SUMMARY: ['once', 'text'],
  TRANSP: ['optional', 'text'],
};

function refuse(why: string): never {
  throw new Error(`Not a calendar: ${why}`);
}

/** Content lines, unfolded (RFC 5545, section 3.1). */
function unfold(text: string): string[] {
  const physical = text.split('\r\n');
  if (physical.pop() !== '') refuse('the last line does not end');
  const lines: string[] = [];
  for (const line of physical) {
    if (line === '' || /[\r\n]/.test(line)) refuse('an empty line, or a line break that is none');
    if (Buffer.byteLength(line) > 75) refuse(`a line of ${Buffer.byteLength(line)} octets`);
    if (!line.startsWith(' ')) lines.push(line);
    else if (lines.length === 0) refuse('it begins in the middle of a line');
    else lines.push(`${lines.pop()}${line.slice(1)}`);
  }
  return lines;
}

function readLine(line: string): Line {
  const match = /^([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^";:,]+)*):(.*)$/su.exec(line);
  if (!match) refuse(`the line ${line}`);
  const [, name = '', parameters = '', value = ''] = match;
  const pairs = parameters.split(';').slice(1);
  return {
    name,
    value,
    parameters: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])),
  };
}

function requireProperties(lines: readonly Line[], known: Readonly<Record<string, Property>>): void {
  for (const { name, value, parameters } of lines) {
    const property = known[name] ?? refuse(`the property ${name}`);
    if (!TYPES[property[1]].test(value)) refuse(`${name} is ${value}`);
    if (property[1] === 'duration' && parameters.VALUE !== 'DURATION') refuse(`${name} has no type`);
  }
  for (const [name, [rule]] of Object.entries(known)) {
    const count = lines.filter((line) => line.name === name).length;
    if (count > 1 || (rule === 'once' && count !== 1)) refuse(`${name} stands there ${count} times`);
  }
}

/** Unix milliseconds; refuses days that there are not. */
function readTime(text: string): number {
  const iso = text.replace(UTC, '$1-$2-$3T$4:$5:$6.000Z');
  const at = Date.parse(iso);
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) refuse(`the time ${text}`);
  return at;
}

function readEvent(lines: readonly Line[]): CalendarEvent {
  requireProperties(lines, EVENT);
  const textOf = (name: string) => lines.find((line) => line.name === name)?.value ?? '';
  const [startsAt, endsAt] = [readTime(textOf('DTSTART')), readTime(textOf('DTEND'))];
  readTime(textOf('DTSTAMP'));
  if (endsAt <= startsAt) refuse('an event ends before it begins');
  const summary = textOf('SUMMARY').replaceAll(/\\(.)/g, (_all, c: string) =>
    c.toLowerCase() === 'n' ? '\n' : c,
  );
  return { uid: textOf('UID'), summary, startsAt, endsAt };
}

/** The events of a calendar. @throws Error that says what is not as the standard has it */
export function parseCalendar(text: string): CalendarEvent[] {
  const lines = unfold(text).map(readLine);
  const is = (line: Line | undefined, name: string, value: string) =>
    line?.name === name && line.value === value;
  if (!is(lines.shift(), 'BEGIN', 'VCALENDAR') || !is(lines.pop(), 'END', 'VCALENDAR')) refuse('no frame');
  const head: Line[] = [];
  const events: CalendarEvent[] = [];
  let open: Line[] | null = null;
  for (const line of lines) {
    if (is(line, 'BEGIN', 'VEVENT') && !open) open = [];
    else if (is(line, 'END', 'VEVENT') && open) {
      events.push(readEvent(open));
      open = null;
    } else if (line.name === 'BEGIN' || line.name === 'END') refuse(`${line.name}:${line.value} stands here`);
    else (open ?? head).push(line);
  }
  if (open) refuse('an event does not end');
  requireProperties(head, CALENDAR);
  if (
    !is(
      head.find(({ name }) => name === 'VERSION'),
      'VERSION',
      '2.0',
    )
  )
    refuse('another version');
  if (new Set(events.map(({ uid }) => uid)).size < events.length) refuse('two events share a UID');
  return events;
}
