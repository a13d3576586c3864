'use client';

import { useSyncExternalStore } from 'react';
import { TextField } from '#components/ui/field.tsx';
import { useShownZone } from '#components/ui/time-zone.tsx';
import { formatWallTime, instantOf, parseWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';

const never = () => () => undefined;

/** A moment in the viewer's zone; the field comes once the zone is known, which the server does not. */
export function DateTimeField(props: {
  label: string;
  hint?: string;
  error?: string | undefined;
  /** Unix milliseconds; null for none. */
  atMs: number | null;
  onChange: (atMs: number | null) => void;
}) {
  const { label, hint, error, atMs, onChange } = props;
  const zone = useShownZone();
  const knowsZone = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const shown = atMs === null || !knowsZone ? '' : formatWallTime(wallTimeAt(zone, atMs));
  const change = (text: string) => {
    const wall = parseWallTime(text);
    onChange(Number.isNaN(wall) ? null : instantOf(zone, wall));
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
