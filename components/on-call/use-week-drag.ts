'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Stretch, stretchBetween, type WeekPoint } from './week-rows.ts';

/** The pointer has to go this far before it draws, CSS pixels. */
const SLOP = 4;

/** Where a pointer is: the row it is on or nearest to, and how far along. */
function pointOf(list: HTMLElement, { clientX, clientY }: PointerEvent): WeekPoint {
  const tracks = [...list.querySelectorAll('[data-track]')].map((track) => track.getBoundingClientRect());
  const found = tracks.findIndex(({ bottom }) => clientY < bottom);
  const day = found === -1 ? tracks.length - 1 : found;
  const track = tracks[day];
  return { day, fraction: track ? (clientX - track.left) / track.width : 0 };
}

/**
 * Draws a stretch over the tracks (`[data-track]`) in a list: mouse and pen drag, Escape takes it back, a click
 * or a tap picks a place. Fingers scroll the page.
 *
 * @returns what is being drawn now
 */
export function useWeekDrag(
  listRef: RefObject<HTMLElement | null>,
  rows: readonly Stretch[],
  on: { drawn: (stretch: Stretch) => void; picked: (point: WeekPoint) => void } | null,
): Stretch | null {
  const [drawing, setDrawing] = useState<Stretch | null>(null);
  const latest = useRef({ rows, on });
  useEffect(() => {
    latest.current = { rows, on };
  });
  const isActive = on !== null;
  useEffect(() => {
    const list = listRef.current;
    if (!list || !isActive) return;
    const ends = new AbortController();
    let start: { point: WeekPoint; x: number; y: number; moved: boolean } | null = null;
    const stop = () => {
      start = null;
      setDrawing(null);
    };
    const between = (event: PointerEvent) =>
      start && stretchBetween(latest.current.rows, start.point, pointOf(list, event));
    const down = (event: PointerEvent) => {
      const onTrack = event.target instanceof Element && event.target.closest('[data-track]') !== null;
      if (event.button !== 0 || !onTrack) return;
      start = { point: pointOf(list, event), x: event.clientX, y: event.clientY, moved: false };
      if (event.pointerType !== 'touch') list.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      if (!start || event.pointerType === 'touch') return;
      start.moved ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP;
      if (start.moved) setDrawing(between(event));
    };
    const up = (event: PointerEvent) => {
      const stretch = between(event);
      const [began, moved] = [start?.point, start?.moved];
      stop();
      if (moved && stretch) latest.current.on?.drawn(stretch);
      else if (began) latest.current.on?.picked(began);
    };
    const { signal } = ends;
    list.addEventListener('pointerdown', down, { signal });
    list.addEventListener('pointermove', move, { signal });
    list.addEventListener('pointerup', up, { signal });
    list.addEventListener('pointercancel', stop, { signal });
    window.addEventListener('keydown', ({ key }) => key === 'Escape' && stop(), { signal });
    return () => ends.abort();
  }, [listRef, isActive]);
  return drawing;
}
