'use client';

import { Button } from '#components/ui/button.tsx';
import type { WeeklyWindow } from '#lib/model/on-call.ts';
import { placed } from './placed.ts';

const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;
const OFFICE: WeeklyWindow = { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
const TIME = 'touch h-8 rounded-md border border-line-control bg-surface px-2 text-sm';

/** Windows of the week: on which days, from when to when. An end at or before the start is on the next day. */
export function WindowFields(props: {
  label: string;
  none: string;
  windows: readonly WeeklyWindow[];
  onChange: (windows: WeeklyWindow[]) => void;
}) {
  const { label, none, windows, onChange } = props;
  const change = (at: number, values: Partial<WeeklyWindow>) =>
    onChange(windows.map((one, i) => (i === at ? { ...one, ...values } : one)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      {windows.length === 0 && <p className="text-xs text-muted">{none}</p>}
      {placed(windows).map(({ place: at, value: window }) => (
        <div key={at} className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span className="flex flex-wrap gap-x-2">
            {WEEKDAYS.map((name, i) => (
              <label key={name} className="touch inline-flex items-center gap-1 text-xs">
                <input
                  type="checkbox"
                  checked={window.weekdays.includes(i + 1)}
                  onChange={({ target }) =>
                    change(at, {
                      weekdays: target.checked
                        ? [...window.weekdays, i + 1].toSorted()
                        : window.weekdays.filter((day) => day !== i + 1),
                    })
                  }
                />
                {name}
              </label>
            ))}
          </span>
          {(['from', 'to'] as const).map((end) => (
            <input
              key={end}
              type="time"
              aria-label={end === 'from' ? 'From' : 'To'}
              value={window[end]}
              onChange={({ target }) => change(at, { [end]: target.value })}
              className={TIME}
            />
          ))}
          <Button size="sm" variant="ghost" onClick={() => onChange(windows.filter((_one, i) => i !== at))}>
            Remove
          </Button>
        </div>
      ))}
      <div>
        <Button size="sm" onClick={() => onChange([...windows, OFFICE])}>
          Add hours
        </Button>
      </div>
    </fieldset>
  );
}
