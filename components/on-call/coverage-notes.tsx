import { Card, CardHeader } from '#components/ui/card.tsx';
import type { ScheduleDetail } from '#lib/model/on-call-view.ts';
import { stretchWords } from './moments.ts';

/** Where nobody is on call in the week shown, and where two would be. */
export function CoverageNotes({ schedule }: { schedule: ScheduleDetail }) {
  const { timeZone, from, shifts, gaps, overlaps } = schedule;
  const [first] = shifts;
  if (!first) return <p className="text-sm text-muted">The schedule was not made yet in this week.</p>;
  if (gaps.length + overlaps.length === 0)
    return (
      <p className="text-sm text-muted">
        {first.startsAt > from ? 'Since the schedule begins, somebody' : 'Somebody'} is on call all the time
        of this week, and never two at once.
      </p>
    );
  return (
    <Card label="Gaps and overlaps">
      <CardHeader title="Gaps and overlaps" />
      <ul className="grid gap-x-6 gap-y-1.5 px-4 pb-4 text-sm lg:grid-cols-2">
        {gaps.map((gap) => (
          <li key={`gap ${gap.startsAt}`} className="flex flex-wrap gap-x-2">
            <span className="font-medium text-critical-text">Nobody on call</span>
            <span className="text-muted tabular-nums">{stretchWords(timeZone, gap)}</span>
          </li>
        ))}
        {overlaps.map((overlap) => (
          <li
            key={`overlap ${overlap.startsAt} ${overlap.upper} ${overlap.lower}`}
            className="flex flex-wrap gap-x-2"
          >
            <span className="font-medium wrap-anywhere">
              {overlap.upper === overlap.lower
                ? 'The newer override counts'
                : `${overlap.upper} covers ${overlap.lower}`}
            </span>
            <span className="text-muted tabular-nums">{stretchWords(timeZone, overlap)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
