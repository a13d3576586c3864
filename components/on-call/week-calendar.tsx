import { clsx } from 'clsx';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { ScheduleDetail, ShiftView } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DAY_MS } from '#lib/model/zoned-time.ts';
import { dayOfWall, momentWords } from './moments.ts';
import { type DayPiece, weekRows } from './week-rows.ts';

const COLOURS = 8;

/** The colour of a person: by their place among all who are in the schedule, so it stays from week to week. */
function colourOf(shift: ShiftView, order: readonly string[]): string {
  const place = order.indexOf(shift.person?.id ?? '');
  return `var(--series-${(Math.max(place, 0) % COLOURS) + 1})`;
}

function Piece({ piece, zone, order }: { piece: DayPiece; zone: string; order: readonly string[] }) {
  const { shift, left, width } = piece;
  const name = shift.person?.name ?? 'Nobody';
  const words = `${name}, ${momentWords(zone, shift.startsAt)} to ${momentWords(zone, shift.endsAt)}`;
  return (
    <span
      title={words}
      className={clsx(
        'absolute inset-y-0 flex items-center overflow-hidden border-r border-surface px-1.5 text-xs whitespace-nowrap',
        shift.person ? 'bg-sunken text-ink' : 'bg-critical-tint text-critical-text',
        shift.source === 'override' && 'italic',
      )}
      style={{
        left: `${left}%`,
        width: `${width}%`,
        ...(shift.person && { boxShadow: `inset 0 -3px 0 ${colourOf(shift, order)}` }),
      }}
    >
      <span className="sr-only">{words}</span>
      <span aria-hidden="true" className="truncate">
        {name}
      </span>
    </span>
  );
}

/** A week of a schedule, a row a day. Nobody on call is red; overrides are slanted. */
export function WeekCalendar({ schedule, now }: { schedule: ScheduleDetail; now: number }) {
  const { id, timeZone, from, shifts, people } = schedule;
  const order = people.map((person) => person.id).toSorted();
  const week = (ms: number) => paths.schedule(id, { week: new Date(ms).toISOString().slice(0, 10) });
  return (
    <Card label="Week">
      <CardHeader title="Week" hint={timeZone}>
        <ButtonLink href={week(from - 3 * DAY_MS)} size="sm" variant="ghost" icon={ChevronLeft}>
          Earlier
        </ButtonLink>
        <ButtonLink href={paths.schedule(id)} size="sm" variant="ghost">
          Today
        </ButtonLink>
        <ButtonLink href={week(from + 10 * DAY_MS)} size="sm" variant="ghost" icon={ChevronRight}>
          Later
        </ButtonLink>
      </CardHeader>
      <ol className="flex flex-col gap-1 px-4 pt-1 pb-4">
        {weekRows(timeZone, from, shifts, now).map(({ wall, isToday, pieces }) => (
          <li key={wall} className="flex items-center gap-2">
            <span
              className={clsx('w-20 shrink-0 text-xs tabular-nums', isToday ? 'font-medium' : 'text-muted')}
            >
              {dayOfWall(wall)}
              {isToday && <span className="sr-only">, today</span>}
            </span>
            <span className="relative h-8 min-w-0 flex-1 overflow-hidden rounded-sm bg-sunken">
              {pieces.map((piece) => (
                <Piece key={piece.shift.startsAt} piece={piece} zone={timeZone} order={order} />
              ))}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Where nobody is on call in the week shown, and where two would be. */
export function CoverageNotes({ schedule }: { schedule: ScheduleDetail }) {
  const { timeZone, gaps, overlaps } = schedule;
  if (gaps.length + overlaps.length === 0)
    return (
      <p className="text-sm text-muted">
        Somebody is on call all the time of this week, and never two at once.
      </p>
    );
  const words = (stretch: { startsAt: number; endsAt: number }) =>
    `${momentWords(timeZone, stretch.startsAt)} to ${momentWords(timeZone, stretch.endsAt)}`;
  return (
    <Card label="Gaps and overlaps">
      <CardHeader title="Gaps and overlaps" />
      <ul className="flex flex-col gap-1.5 px-4 pb-4 text-sm">
        {gaps.map((gap) => (
          <li key={`gap ${gap.startsAt}`}>
            <span className="font-medium text-critical-text">Nobody on call</span>{' '}
            <span className="text-muted">{words(gap)}</span>
          </li>
        ))}
        {overlaps.map((overlap) => (
          <li key={`overlap ${overlap.startsAt} ${overlap.upper} ${overlap.lower}`}>
            <span className="font-medium">
              {overlap.upper} covers {overlap.lower}
            </span>{' '}
            <span className="text-muted">{words(overlap)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
