'use client';

import { useSyncExternalStore } from 'react';
import { TextField } from '#components/ui/field.tsx';
import { formatWallTime, parseWallTime } from '#lib/model/zoned-time.ts';

const never = () => () => undefined;
const ownZoneOffset = (ms: number) => new Date(ms).getTimezoneOffset() * 60_000;

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
  const knowsZone = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const shown = atMs === null || !knowsZone ? '' : formatWallTime(atMs - ownZoneOffset(atMs));
  const change = (text: string) => {
    const wall = parseWallTime(text);
    onChange(Number.isNaN(wall) ? null : new Date(text).getTime());
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
