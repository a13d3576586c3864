'use client';

import { useSyncExternalStore } from 'react';
import { formatUtc } from '#lib/model/format.ts';
import { useTimeZone } from './time-zone.tsx';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string | null, year: 'numeric' | undefined): Intl.DateTimeFormat {
  const key = `${year} ${zone}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      ...(year && { year }),
      ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
      ...(zone !== null && { timeZone: zone }),
    });
    formats.set(key, format);
  }
  return format;
}

/** The moment in words, with its year where that is not this one. */
function momentIn(zone: string | null, atMs: number): string {
  const isThisYear = new Date(atMs).getUTCFullYear() === new Date().getUTCFullYear();
  return formatIn(zone, isThisYear ? undefined : 'numeric').format(atMs);
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
    () => momentIn(zone, atMs),
    () => (zone === null ? formatUtc(atMs) : momentIn(zone, atMs)),
  );
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatUtc(atMs)} className="whitespace-nowrap">
      {words}
    </time>
  );
}
