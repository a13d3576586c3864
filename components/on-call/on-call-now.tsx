import { clsx } from 'clsx';
import Link from 'next/link';
import { Card } from '#components/ui/card.tsx';
import type { OnCallReport, ShiftView } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DAY_MS } from '#lib/model/zoned-time.ts';
import { dayOfWall, momentWords } from './moments.ts';
import { nextHolder } from './next-holder.ts';
import { PersonName } from './now-and-next.tsx';
import { ShiftPiece } from './shift-piece.tsx';
import { percentIn, piecesIn, weekOf, weekRows } from './week-rows.ts';

type Schedule = OnCallReport['schedules'][number];

const SOURCES = { override: 'override', temporary: 'temporary schedule', rotation: '', none: '' };

function Line({ label, shift, when }: { label: string; shift: ShiftView; when: string }) {
  return (
    <div className="flex min-w-0 gap-3 text-sm">
      <dt className="w-10 shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0">
        <PersonName shift={shift} />
        {SOURCES[shift.source] !== '' && <span className="text-muted"> · {SOURCES[shift.source]}</span>}
        <span className="block text-xs text-muted tabular-nums">{when}</span>
      </dd>
    </div>
  );
}

function NowAndThen({ schedule: { timeZone, now, shifts } }: { schedule: Schedule }) {
  if (!now) return null;
  const next = nextHolder(shifts);
  const until = next ? `until ${momentWords(timeZone, next.startsAt)}` : 'beyond the end of next week';
  return (
    <dl className="flex flex-col gap-2">
      <Line label="Now" shift={now} when={until} />
      {next && <Line label="Next" shift={next} when={`from ${momentWords(timeZone, next.startsAt)}`} />}
    </dl>
  );
}

/** One week as a line of shifts, with its days as ticks; what has passed stays empty. */
function WeekLine(props: {
  schedule: Schedule;
  order: readonly string[];
  label: string;
  week: number;
  at: number;
}) {
  const { schedule, order, label, week, at } = props;
  const { timeZone, shifts } = schedule;
  const { from, to } = weekOf(timeZone, week);
  const row = { startsAt: from, endsAt: to };
  const ahead = shifts.map((shift) => ({ ...shift, startsAt: Math.max(shift.startsAt, at) }));
  const days = weekRows(timeZone, from, [], at);
  return (
    <div className="flex items-end gap-2">
      <span className="w-17 shrink-0 pb-1.5 text-xs whitespace-nowrap text-muted">{label}</span>
      <div className="min-w-0 flex-1">
        <div aria-hidden="true" className="flex text-xs text-muted">
          {days.map(({ wall, isToday }) => (
            <span key={wall} className={clsx('w-[calc(100%/7)]', isToday && 'font-medium text-ink')}>
              {dayOfWall(wall).slice(0, 2)}
            </span>
          ))}
        </div>
        <div className="relative h-7 overflow-hidden rounded-sm bg-sunken">
          {piecesIn(row, ahead).map((piece) => (
            <ShiftPiece key={piece.of.startsAt} piece={piece} zone={timeZone} order={order} />
          ))}
          {days.slice(1).map(({ wall, startsAt }) => (
            <span
              key={wall}
              aria-hidden="true"
              className="absolute top-0 h-1 w-px bg-line-strong"
              style={{ left: `${percentIn(row, startsAt)}%` }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function ScheduleCard({ schedule, at }: { schedule: Schedule; at: number }) {
  const { id, name, timeZone, shifts } = schedule;
  const order = [...new Set(shifts.flatMap(({ person }) => person?.id ?? []))].toSorted();
  return (
    <Card label={name} className="overflow-hidden">
      <div className="grid gap-x-6 gap-y-3 p-4 lg:grid-cols-[minmax(14rem,1fr)_3fr]">
        <div className="flex min-w-0 flex-col gap-3">
          <h2 className="text-sm wrap-anywhere">
            <Link href={paths.schedule(id)} className="touch font-medium underline-offset-2 hover:underline">
              {name}
            </Link>{' '}
            <span className="text-xs text-muted">{timeZone}</span>
          </h2>
          <NowAndThen schedule={schedule} />
        </div>
        <div className="flex min-w-0 flex-col justify-center gap-2">
          <WeekLine schedule={schedule} order={order} label="This week" week={at} at={at} />
          <WeekLine
            schedule={schedule}
            order={order}
            label="Next week"
            week={weekOf(timeZone, at).to + DAY_MS / 2}
            at={at}
          />
        </div>
      </div>
    </Card>
  );
}

const isUncovered = ({ now }: Schedule) => now?.person?.isPresent !== true;

/** Who has the pager: now, next and next week, one card a schedule; those that nobody covers come first. */
export function OnCallNow({ report }: { report: OnCallReport }) {
  const sorted = report.schedules.toSorted((a, b) => Number(isUncovered(b)) - Number(isUncovered(a)));
  return (
    <div className="flex flex-col gap-3">
      {sorted.map((schedule) => (
        <ScheduleCard key={schedule.id} schedule={schedule} at={report.at} />
      ))}
    </div>
  );
}
