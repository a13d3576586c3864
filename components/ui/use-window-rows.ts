'use client';

import { type RefObject, useEffect, useState } from 'react';
import { type RowWindow, windowOf } from './row-window.ts';

/** Rows rendered before anything is measured: the first screen of a list, also without scripts. */
const FIRST_ROWS = 40;

/**
 * Which rows of a long list are on screen, following the page's own scrolling. `rowHeight` is asked for at
 * every measurement, as it differs by density and width.
 */
export function useWindowRows(
  body: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: () => number,
): RowWindow & { rowHeight: number } {
  const [rows, setRows] = useState({ from: 0, to: Math.min(count, FIRST_ROWS), rowHeight: 0 });
  useEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      if (!element) return;
      const height = rowHeight();
      const next = windowOf(element.getBoundingClientRect().top, window.innerHeight, height, count);
      setRows((before) =>
        before.from === next.from && before.to === next.to && before.rowHeight === height
          ? before
          : { ...next, rowHeight: height },
      );
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener('scroll', schedule, { passive: true });
    window.addEventListener('resize', schedule);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', schedule);
      window.removeEventListener('resize', schedule);
    };
  }, [body, count, rowHeight]);
  return { ...rows, to: Math.min(rows.to, count), from: Math.min(rows.from, count) };
}
