import Link from 'next/link';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { OnCallReport, ShiftView } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { momentWords } from './moments.ts';

/** Who it is, or that there is nobody; a person who has left reaches nobody either. */
function PersonName({ shift }: { shift: ShiftView | null }) {
  if (!shift?.person) return <span className="font-medium text-critical-text">Nobody</span>;
  return (
    <>
      <span className="font-medium wrap-anywhere">{shift.person.name}</span>
      {!shift.person.isPresent && <span className="text-critical-text"> has left the team</span>}
    </>
  );
}

const SOURCES = { override: 'override', temporary: 'temporary schedule', rotation: '', none: '' };

function Line({ label, zone, shift }: { label: string; zone: string; shift: ShiftView | null }) {
  return (
    <div className="flex min-w-0 gap-3 text-sm">
      <dt className="w-10 shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0">
        <PersonName shift={shift} />
        {shift && SOURCES[shift.source] !== '' && (
          <span className="text-muted"> · {SOURCES[shift.source]}</span>
        )}
        {shift && (
          <span className="block text-xs text-muted tabular-nums">
            {label === 'Now'
              ? `until ${momentWords(zone, shift.endsAt)}`
              : `from ${momentWords(zone, shift.startsAt)}`}
          </span>
        )}
      </dd>
    </div>
  );
}

/** Who has the pager: now and next, one card a schedule. */
export function OnCallNow({ report }: { report: OnCallReport }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {report.schedules.map(({ id, name, timeZone, now, next }) => (
        <Card key={id} label={name}>
          <CardHeader title={name} hint={timeZone}>
            <Link href={paths.schedule(id)} className="touch inline-flex items-center text-xs underline">
              Calendar
            </Link>
          </CardHeader>
          <dl className="flex flex-col gap-2 px-4 pb-4">
            <Line label="Now" zone={timeZone} shift={now} />
            <Line label="Next" zone={timeZone} shift={next} />
          </dl>
        </Card>
      ))}
    </div>
  );
}
