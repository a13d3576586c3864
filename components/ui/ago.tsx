'use client';

import { formatAgo, formatUtc } from '#lib/model/format.ts';
import { useNow } from './use-now.ts';

/** How long ago a moment was; keeps counting. `renderedAtMs` is the server's present, so that the first paint agrees. */
export function Ago({ atMs, renderedAtMs }: { atMs: number | null; renderedAtMs: number }) {
  const now = useNow(renderedAtMs);
  if (atMs === null) return <span className="text-muted">never</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatUtc(atMs)} className="whitespace-nowrap">
      {formatAgo(atMs, now)}
    </time>
  );
}
