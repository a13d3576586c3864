'use client';

import { type FormEvent, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useShownZone } from '#components/ui/time-zone.tsx';
import { formatUtc } from '#lib/model/format.ts';
import { boundsOf, type TimeRange } from '#lib/model/time-range.ts';
import { fieldTime, momentOf, readCustomRange, zoneWords } from './custom-range.ts';

interface CustomRangeProps {
  open: boolean;
  range: TimeRange;
  onClose: () => void;
  onApply: (fromMs: number, toMs: number) => void;
}

/** Asks for two moments in the viewer's zone, starting from what is shown now. */
export function CustomRangeDialog({ open, range, onClose, onApply }: CustomRangeProps) {
  const form = useId();
  return (
    <Dialog
      open={open}
      title="Custom range"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary">
            Show this range
          </Button>
        </>
      }
    >
      <CustomRangeForm id={form} range={range} onApply={onApply} />
    </Dialog>
  );
}

function CustomRangeForm({
  id,
  range,
  onApply,
}: Pick<CustomRangeProps, 'range' | 'onApply'> & { id: string }) {
  const zone = useShownZone();
  const [start] = useState(() => boundsOf(range, Date.now()));
  const [from, setFrom] = useState(fieldTime(start.fromMs, zone));
  const [to, setTo] = useState(fieldTime(start.toMs, zone));
  const [tried, setTried] = useState(false);
  const read = readCustomRange(from, to, Date.now(), zone);
  const faultOf = (field: 'from' | 'to') =>
    tried && 'fault' in read && read.field === field ? read.fault : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if ('fromMs' in read) onApply(read.fromMs, read.toMs);
  };
  const utc = (text: string) => {
    const ms = momentOf(text, zone);
    return Number.isNaN(ms) ? undefined : formatUtc(ms);
  };
  const field = { type: 'datetime-local', step: 1, required: true } as const;
  return (
    <form id={id} onSubmit={submit} noValidate className="flex flex-col gap-3 text-ink">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          {...field}
          label="From"
          value={from}
          hint={utc(from)}
          error={faultOf('from')}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          {...field}
          label="To"
          value={to}
          hint={utc(to)}
          error={faultOf('to')}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      <p className="text-xs text-muted">Times are in your zone: {zoneWords(start.toMs, zone)}.</p>
    </form>
  );
}
