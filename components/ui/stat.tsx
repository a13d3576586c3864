import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Sparkline } from './sparkline.tsx';

/** Whether a rise of a measure is good, bad or neither; decides the colour of its change. */
export type Direction = 'up-is-good' | 'up-is-bad' | 'neutral';

export interface StatProps {
  label: string;
  value: string;
  unit?: string;
  /** Change against the same hour yesterday, as formatChange writes it. */
  change?: string | null;
  direction?: Direction;
  history?: readonly (number | null)[];
  /** What the value is not, beside its name, where it takes no place while there is nothing to say. */
  note?: string | null;
  /** Stands in for the sparkline. */
  detail?: ReactNode;
  /** Name and raw number of a live value, for what reads the page by machine. */
  live?: { name: string; value: number | null };
}

function changeClass(change: string, direction: Direction): string {
  if (direction === 'neutral' || change === 'no change') return 'text-muted';
  const rises = !change.startsWith('−');
  return rises === (direction === 'up-is-good') ? 'text-ok-text' : 'text-critical-text';
}

/** One number of the number row: name, value, change, and the way it came. */
export function Stat({
  label,
  value,
  unit,
  change,
  direction = 'neutral',
  history,
  note = null,
  detail,
  live,
}: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1 px-4 py-3">
      <dt className="truncate text-xs text-muted" title={note ?? undefined}>
        {label}
        {note !== null && ` · ${note}`}
      </dt>
      <dd
        className="flex items-baseline gap-1 whitespace-nowrap"
        data-live={live?.name}
        data-value={live?.value ?? undefined}
      >
        <span className="text-lg font-medium tracking-tight">{value}</span>
        {unit !== undefined && <span className="text-xs text-muted">{unit}</span>}
        {change !== undefined && (
          <span
            className={clsx(
              'ml-auto text-xs',
              change === null ? 'text-muted' : changeClass(change, direction),
            )}
            title={
              change === null ? 'No value for the same hour yesterday' : 'Against the same hour yesterday'
            }
          >
            {change ?? ''}
          </span>
        )}
      </dd>
      {(detail !== undefined || history !== undefined) && (
        <dd className="h-6">{detail ?? (history && <Sparkline values={history} width={160} />)}</dd>
      )}
    </div>
  );
}
