'use client';

import { formatAgo, formatDuration, formatUtc } from '#lib/model/format.ts';
import { useNow } from './use-now.ts';

interface AgoProps {
  atMs: number | null;
  /** The server's present, so that the first paint agrees. */
  renderedAtMs: number;
  /** `4 min ago`, or the span alone: `4 min`. */
  words?: 'ago' | 'span';
}

/** How long ago a moment was; keeps counting. */
export function Ago({ atMs, renderedAtMs, words = 'ago' }: AgoProps) {
  const now = useNow(renderedAtMs);
  if (atMs === null) return <span className="text-muted">never</span>;
  const span = Math.floor(Math.max(0, now - atMs) / 1000) * 1000;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatUtc(atMs)} className="whitespace-nowrap">
      {words === 'ago' ? formatAgo(atMs, now) : formatDuration(span)}
    </time>
  );
}
