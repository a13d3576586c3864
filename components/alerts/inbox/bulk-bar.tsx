'use client';

import { Check, CircleCheck } from 'lucide-react';
import type { Refusals } from '#components/alerts/refusals.ts';
import { Button } from '#components/ui/button.tsx';
import { formatPlural } from '#lib/model/format.ts';
import type { BulkAct } from './ask.ts';
import { SnoozeMenu } from './snooze-menu.tsx';

interface BulkBarProps {
  /** Alerts that are selected; none: the bar speaks of all that are shown. */
  selected: number;
  /** Active ones among what it speaks of that it would take, those kept quiet that it leaves, and all of it. */
  active: number;
  quiet: number;
  total: number;
  refusals: Refusals;
  pending: boolean;
  onAcknowledge: () => void;
  onAct: (act: BulkAct) => void;
  onClear: () => void;
}

/** What can be done with many alerts at once, within reach of a thumb. */
export function BulkBar(props: BulkBarProps) {
  const { selected, active, quiet, total, refusals, pending, onAcknowledge, onAct, onClear } = props;
  if (total === 0 || (selected === 0 && active < 2)) return null;
  const whole = selected === 0;
  return (
    <div
      role="toolbar"
      aria-label="For many alerts"
      className="sticky bottom-[calc(64px+env(safe-area-inset-bottom))] z-20 flex flex-wrap items-center gap-2 rounded-lg bg-surface p-2 shadow-lg md:bottom-4 md:ml-auto md:w-fit"
    >
      {!whole && (
        <p className="px-1 text-sm max-md:basis-full">
          {formatPlural(selected, 'alert')} selected
          <button type="button" onClick={onClear} className="touch ml-2 text-xs text-muted underline">
            Clear
          </button>
        </p>
      )}
      {!whole && (
        <>
          <span className="md:ml-auto">
            {refusals.acknowledge === null && refusals.snooze === null && (
              <SnoozeMenu
                name={formatPlural(selected, 'alert')}
                onSnooze={(minutes) => onAct({ action: 'snooze', minutes })}
              />
            )}
          </span>
          <Button
            icon={CircleCheck}
            disabledReason={refusals.acknowledge ?? refusals.resolve}
            pending={pending}
            onClick={() => onAct({ action: 'resolve' })}
          >
            Resolve {selected}
          </Button>
        </>
      )}
      {active > 0 && (
        <Button
          variant="primary"
          icon={Check}
          disabledReason={refusals.acknowledge}
          className="max-md:flex-1 md:ml-auto"
          onClick={onAcknowledge}
        >
          {!whole
            ? `Acknowledge ${active}`
            : quiet > 0
              ? `Acknowledge the ${active} that need somebody`
              : `Acknowledge all ${active} shown`}
        </Button>
      )}
    </div>
  );
}
