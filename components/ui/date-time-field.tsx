'use client';

import { TextField } from '#components/ui/field.tsx';
import { useKnownZone } from '#components/ui/time-zone.tsx';
import { formatWallTime, instantOf, parseWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';

/** A moment in the viewer's zone; the field is empty until that is known, which the server does not. */
export function DateTimeField(props: {
  label: string;
  hint?: string;
  error?: string | undefined;
  /** Unix milliseconds; null for none. */
  atMs: number | null;
  onChange: (atMs: number | null) => void;
}) {
  const { label, hint, error, atMs, onChange } = props;
  const zone = useKnownZone();
  const shown = atMs === null || zone === null ? '' : formatWallTime(wallTimeAt(zone, atMs));
  const change = (text: string) => {
    const wall = parseWallTime(text);
    onChange(Number.isNaN(wall) || zone === null ? null : instantOf(zone, wall));
  };
  return (
    <TextField
      type="datetime-local"
      {...{ label, hint, error }}
      value={shown}
      onChange={(event) => change(event.target.value)}
    />
  );
}
