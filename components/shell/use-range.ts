'use client';

import { useCallback, useMemo } from 'react';
import { parseRange, rangeQuery, type TimeRange } from '#lib/model/time-range.ts';
import { writeRange } from './range-search.ts';
import { useUrlState } from './use-url-state.ts';

/** The global range of the page, kept in the URL. Zooming remembers the preset it came from. */
export function useRange(): {
  range: TimeRange;
  setRange: (range: TimeRange) => void;
  zoom: (fromMs: number, toMs: number) => void;
  resetZoom: () => void;
} {
  const [params, write] = useUrlState();
  const key = `${params.get('range')}|${params.get('from')}|${params.get('to')}`;
  const range = useMemo(() => {
    const [preset, from, to] = key.split('|').map((part) => (part === 'null' ? null : part));
    return parseRange({ get: (name) => ({ range: preset, from, to })[name] ?? null });
  }, [key]);

  const setRange = useCallback(
    (next: TimeRange) => write((search) => writeRange(search, ['range', 'from', 'to'], rangeQuery(next))),
    [write],
  );
  const zoom = useCallback(
    (fromMs: number, toMs: number) =>
      write((search) =>
        writeRange(search, ['from', 'to'], { from: fromMs, to: Math.max(toMs, fromMs + 10_000) }),
      ),
    [write],
  );
  const resetZoom = useCallback(() => write((search) => writeRange(search, ['from', 'to'], {})), [write]);
  return { range, setRange, zoom, resetZoom };
}
