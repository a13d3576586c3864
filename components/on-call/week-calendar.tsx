'use client';

import { clsx } from 'clsx';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useRef } from 'react';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { ScheduleDetail } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DAY_MS } from '#lib/model/zoned-time.ts';
import { dayOfWall, stretchWords } from './moments.ts';
import { ShiftPiece } from './shift-piece.tsx';
import { useWeekDrag } from './use-week-drag.ts';
import { type DayRow, instantAt, percentIn, piecesIn, type Stretch, weekRows } from './week-rows.ts';

const HOURS = [0, 6, 12, 18] as const;

/** Which hours stand where, above the rows. */
function HourLine() {
  return (
    <div aria-hidden="true" className="flex gap-2 px-4 pt-1 text-xs text-muted tabular-nums">
      <span className="w-20 shrink-0" />
      <span className="relative h-4 flex-1">
        {HOURS.map((hour) => (
          <span key={hour} className="absolute" style={{ left: `${(100 * hour) / 24}%` }}>
            {String(hour).padStart(2, '0')}
          </span>
        ))}
      </span>
    </div>
  );
}

interface Marks {
  overlaps: ScheduleDetail['overlaps'];
  /** What is drawn now, or was. */
  chosen: Stretch | null;
  now: number;
}

/** What stands on top of the shifts of a day: overlaps, the stretch that is drawn, and now. */
function DayMarks({ row, zone, marks }: { row: DayRow; zone: string; marks: Marks }) {
  const chosen = marks.chosen ? piecesIn(row, [marks.chosen]) : [];
  return (
    <>
      {piecesIn(row, marks.overlaps).map(({ of: overlap, left, width }) => (
        <span
          key={`${overlap.startsAt} ${overlap.upper} ${overlap.lower}`}
          title={`${overlap.upper} covers ${overlap.lower}, ${stretchWords(zone, overlap)}`}
          className="absolute top-0 h-1.5 border-x border-t-2 border-warning"
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      ))}
      {chosen.map(({ left, width }) => (
        <span
          key="chosen"
          className="pointer-events-none absolute inset-y-0 rounded-sm border-2 border-accent bg-accent/15"
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      ))}
      {row.isToday && (
        <span
          title="Now"
          className="pointer-events-none absolute inset-y-0 w-0.5 bg-ink"
          style={{ left: `${percentIn(row, marks.now)}%` }}
        />
      )}
    </>
  );
}

function WeekLinks({ id, from }: { id: string; from: number }) {
  const week = (ms: number) => paths.schedule(id, { week: new Date(ms).toISOString().slice(0, 10) });
  return (
    <>
      <ButtonLink href={week(from - 3 * DAY_MS)} size="sm" variant="ghost" icon={ChevronLeft}>
        Earlier
      </ButtonLink>
      <ButtonLink href={paths.schedule(id)} size="sm" variant="ghost">
        Today
      </ButtonLink>
      <ButtonLink href={week(from + 10 * DAY_MS)} size="sm" variant="ghost" icon={ChevronRight}>
        Later
      </ButtonLink>
    </>
  );
}

/**
 * A week of a schedule, a row a day. A stretch can be drawn across it, or a shift picked, for an override;
 * the form beneath does the same from the keyboard.
 */
export function WeekCalendar(props: {
  schedule: ScheduleDetail;
  now: number;
  chosen: Stretch | null;
  /** Null: it may only be seen. */
  onChoose: ((stretch: Stretch) => void) | null;
}) {
  const { schedule, now, onChoose } = props;
  const { id, timeZone, from, shifts, overlaps } = schedule;
  const list = useRef<HTMLOListElement>(null);
  const rows = weekRows(timeZone, from, shifts, now);
  const order = schedule.people.map((person) => person.id).toSorted();
  const pick = (at: number) => {
    const shift = shifts.find(({ startsAt, endsAt }) => at >= startsAt && at < endsAt);
    if (shift) onChoose?.({ startsAt: shift.startsAt, endsAt: shift.endsAt });
  };
  const drawing = useWeekDrag(
    list,
    rows,
    onChoose && { drawn: onChoose, picked: (point) => pick(instantAt(rows, point)) },
  );
  const chosen = drawing ?? props.chosen;
  return (
    <Card label="Week">
      <CardHeader title="Week" hint={timeZone}>
        <WeekLinks id={id} from={from} />
      </CardHeader>
      <HourLine />
      <ol ref={list} className={clsx('flex flex-col gap-1 px-4 pt-1 pb-3', onChoose && 'select-none')}>
        {rows.map((row) => (
          <li key={row.wall} className="flex items-center gap-2">
            <span
              className={clsx(
                'w-20 shrink-0 text-xs tabular-nums',
                row.isToday ? 'font-medium' : 'text-muted',
              )}
            >
              {dayOfWall(row.wall)}
              {row.isToday && <span className="sr-only">, today</span>}
            </span>
            <span
              data-track
              className={clsx(
                'relative h-9 min-w-0 flex-1 overflow-hidden rounded-sm bg-sunken',
                onChoose && 'cursor-crosshair',
              )}
            >
              {row.pieces.map((piece) => (
                <ShiftPiece key={piece.of.startsAt} piece={piece} zone={timeZone} order={order} />
              ))}
              <DayMarks row={row} zone={timeZone} marks={{ overlaps, chosen, now }} />
            </span>
          </li>
        ))}
      </ol>
      <p aria-live="polite" className="min-h-8 px-4 pb-3 text-xs text-muted">
        {chosen && <span className="text-ink tabular-nums">Chosen: {stretchWords(timeZone, chosen)}. </span>}
        {onChoose && !chosen && 'Draw across the week, or pick a shift, to put somebody else on call. '}
        {overlaps.length > 0 && 'A bracket marks where one rotation covers another.'}
      </p>
    </Card>
  );
}
