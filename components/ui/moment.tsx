'use client';

import { useSyncExternalStore } from 'react';
import { formatUtc } from '#lib/model/format.ts';

const short = new Intl.DateTimeFormat('en', {
  ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});
const never = () => () => undefined;

/** A moment in the viewer's zone, UTC on hover. The server does not know the zone and says UTC. */
export function Moment({ atMs }: { atMs: number }) {
  const words = useSyncExternalStore(
    never,
    () => short.format(atMs),
    () => formatUtc(atMs),
  );
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatUtc(atMs)} className="whitespace-nowrap">
      {words}
    </time>
  );
}
