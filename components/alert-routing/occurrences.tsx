import { momentWords } from '#components/on-call/moments.ts';
import { formatDuration } from '#lib/model/format.ts';
import type { MaintenanceWhen } from '#lib/model/maintenance.ts';
import { occurrencesOf } from '#lib/model/maintenance-occurrences.ts';

/** The next stretches of a window, by the clock of its zone. */
export function Occurrences(props: { when: MaintenanceWhen; zone: string; fromMs: number; count: number }) {
  const { when, zone, fromMs, count } = props;
  const next = occurrencesOf(when, zone, fromMs, count);
  if (next.length === 0) return <span className="text-muted">is over, or never comes</span>;
  return (
    <ol className="flex flex-col gap-0.5">
      {next.map(({ startsAt, endsAt }) => (
        <li key={startsAt}>
          {startsAt <= fromMs ? 'on until ' : `${momentWords(zone, startsAt, fromMs)} to `}
          {momentWords(zone, endsAt, fromMs)}{' '}
          <span className="text-muted">({formatDuration(endsAt - startsAt)})</span>
        </li>
      ))}
    </ol>
  );
}
