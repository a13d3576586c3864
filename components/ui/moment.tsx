'use client';

import { useSyncExternalStore } from 'react';
import { formatUtc } from '#lib/model/format.ts';
import { useTimeZone } from './time-zone.tsx';

const formats = new Map<string | null, Intl.DateTimeFormat>();

function formatIn(zone: string | null): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
      ...(zone !== null && { timeZone: zone }),
    });
    formats.set(zone, format);
  }
  return format;
}

const never = () => () => undefined;

/**
 * A moment in the zone that the viewer chose, else in that of the browser; UTC on hover. The server does not know the
 * zone of a browser and says UTC.
 */
export function Moment({ atMs }: { atMs: number }) {
  const zone = useTimeZone();
  const words = useSyncExternalStore(
    never,
    () => formatIn(zone).format(atMs),
    () => (zone === null ? formatUtc(atMs) : formatIn(zone).format(atMs)),
  );
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatUtc(atMs)} className="whitespace-nowrap">
      {words}
    </time>
  );
}
