'use client';

import { CalendarClock, CalendarRange, RotateCcw } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';
import { formatDuration } from '#lib/model/format.ts';
import { RANGE_PRESETS, type RangePreset, type TimeRange } from '#lib/model/time-range.ts';
import { CustomRangeDialog } from './custom-range-dialog.tsx';
import { useRange } from './use-range.ts';

const moment = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

function describeRange(range: TimeRange): { short: string; long: string } {
  if (range.kind === 'live') return { short: range.preset, long: RANGE_PRESETS[range.preset].label };
  const span = formatDuration(range.toMs - range.fromMs);
  return { short: span, long: `${moment.format(range.fromMs)}, ${span}` };
}

/** The one range of the page: presets that follow the present, two moments, or what was brushed in a chart. */
export function RangeControl() {
  const { range, setRange, zoom, resetZoom } = useRange();
  const [asking, setAsking] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const words = describeRange(range);
  const close = () => {
    setAsking(false);
    // The item that opened the dialog is gone with its menu.
    root.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
  };
  return (
    <div ref={root} className="flex items-center gap-1">
      {range.kind === 'fixed' && (
        <Button variant="ghost" icon={RotateCcw} aria-label="Back to live" onClick={resetZoom} />
      )}
      <Menu
        label={`Time range: ${words.long}`}
        trigger={
          <>
            <Icon of={CalendarClock} />
            <span className="hidden whitespace-nowrap sm:inline" suppressHydrationWarning>
              {words.long}
            </span>
            <span className="whitespace-nowrap sm:hidden">{words.short}</span>
          </>
        }
      >
        {(Object.keys(RANGE_PRESETS) as RangePreset[]).map((preset) => (
          <button
            key={preset}
            type="button"
            role="menuitemradio"
            aria-checked={range.kind === 'live' && range.preset === preset}
            className={MENU_ITEM}
            onClick={() => setRange({ kind: 'live', preset })}
          >
            <span className="w-8 font-mono text-xs text-muted">{preset}</span>
            {RANGE_PRESETS[preset].label}
          </button>
        ))}
        <button
          type="button"
          role="menuitemradio"
          aria-checked={range.kind === 'fixed'}
          className={MENU_ITEM}
          onClick={() => setAsking(true)}
        >
          <span className="flex w-8 text-muted">
            <Icon of={CalendarRange} />
          </span>
          Custom range …
        </button>
        <p className="mt-1 max-w-52 border-t border-line px-2 pt-2 pb-1 text-xs text-muted">
          Drag in a chart to zoom, double-click to go back.
        </p>
      </Menu>
      <CustomRangeDialog
        open={asking}
        range={range}
        onClose={close}
        onApply={(fromMs, toMs) => {
          setAsking(false);
          zoom(fromMs, toMs);
        }}
      />
    </div>
  );
}
