'use client';

import { clsx } from 'clsx';
import { Plus, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type IntervalDraft, NEW_INTERVAL } from './maintenance-draft.ts';

/** The week as it is read, by the numbers of the schema: 0 is Sunday. */
const WEEK = [
  [1, 'Mon'],
  [2, 'Tue'],
  [3, 'Wed'],
  [4, 'Thu'],
  [5, 'Fri'],
  [6, 'Sat'],
  [0, 'Sun'],
] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
  (word, i) => [i + 1, word] as const,
);

/** When it is again and again: each line on its own, all parts of a line together. */
export function IntervalFields(props: {
  intervals: readonly IntervalDraft[];
  errors: ReadonlyMap<string, string>;
  onChange: (intervals: IntervalDraft[]) => void;
}) {
  const { intervals, errors, onChange } = props;
  const change = (at: number, part: Partial<IntervalDraft>) =>
    onChange(intervals.map((interval, i) => (i === at ? { ...interval, ...part } : interval)));
  return (
    <div className="flex flex-col gap-3">
      {[...intervals.entries()].map(([i, interval]) => (
        <fieldset key={i} className="flex min-w-0 flex-col gap-3 rounded-md border border-line p-3">
          <legend className="sr-only">Times {i + 1}</legend>
          <Days
            label="Weekdays"
            choices={WEEK}
            chosen={interval.weekdays}
            onChange={(weekdays) => change(i, { weekdays })}
          />
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            <TextField
              label="From"
              value={interval.from}
              placeholder="00:00"
              hint="Empty: all day."
              onChange={(event) => change(i, { from: event.target.value.trim() })}
            />
            <TextField
              label="To"
              value={interval.to}
              placeholder="24:00"
              onChange={(event) => change(i, { to: event.target.value.trim() })}
            />
            <TextField
              label="Days of the month"
              optional
              value={interval.days}
              placeholder="any"
              hint="1, 15 to 17, or -1 for the last."
              onChange={(event) => change(i, { days: event.target.value })}
            />
          </div>
          <Days
            label="Months"
            choices={MONTHS}
            chosen={interval.months}
            onChange={(months) => change(i, { months })}
          />
          <Fault of={[...errors].find(([at]) => at === String(i) || at.startsWith(`${i}.`))?.[1]} />
          {intervals.length > 1 && (
            <div>
              <Button
                size="sm"
                variant="ghost"
                icon={X}
                onClick={() => onChange(intervals.filter((_, at) => at !== i))}
              >
                Remove these times
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      <div>
        <Button size="sm" icon={Plus} onClick={() => onChange([...intervals, NEW_INTERVAL])}>
          Add times
        </Button>
      </div>
    </div>
  );
}

function Fault({ of }: { of: string | undefined }) {
  if (of === undefined) return null;
  return (
    <p role="alert" className="text-xs text-critical-text">
      {of}
    </p>
  );
}

function Days(props: {
  label: string;
  choices: readonly (readonly [number, string])[];
  chosen: readonly number[];
  onChange: (chosen: number[]) => void;
}) {
  const { label, choices, chosen, onChange } = props;
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="mb-1.5 text-sm font-medium">
        {label} {chosen.length === 0 && <span className="text-xs font-normal text-muted">any</span>}
      </legend>
      {choices.map(([number, word]) => {
        const isChosen = chosen.includes(number);
        return (
          <button
            key={number}
            type="button"
            aria-pressed={isChosen}
            onClick={() =>
              onChange(isChosen ? chosen.filter((other) => other !== number) : [...chosen, number])
            }
            className={clsx(
              'touch h-7 rounded-md border px-2 text-xs',
              isChosen
                ? 'border-ink bg-selected font-medium'
                : 'border-line-strong text-muted hover:text-ink',
            )}
          >
            {word}
          </button>
        );
      })}
    </fieldset>
  );
}
