'use client';

import { type PointerEvent, useRef, useState } from 'react';

/** After the last touch the rows stay where they are for so long. */
const HOLD_MS = 2500;

interface HeldRow<T> {
  row: T;
  /** It left the list while the list was held, other than by newer ones that pushed it below what is loaded. */
  gone: boolean;
}

/**
 * Rows that do not move under a pointer or a thumb: while somebody is on the list its order stays, what left it
 * stays in sight, and what is new is counted until they let go.
 *
 * @param hasLeft whether a row that is not among `rows` is known to have left the list
 */
export function useHeldRows<T extends { id: string }>(
  rows: readonly T[],
  hasLeft: (row: T) => boolean,
): {
  shown: readonly HeldRow<T>[];
  /** How many rows wait to be shown. */
  waiting: number;
  release: () => void;
  handlers: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerDown: () => void;
    onPointerLeave: (event: PointerEvent) => void;
  };
} {
  const [held, setHeld] = useState<readonly T[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const release = () => {
    clearTimeout(timer.current);
    setHeld(null);
  };
  const hold = () => {
    clearTimeout(timer.current);
    setHeld((before) => before ?? rows);
  };
  const releaseLater = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(release, HOLD_MS);
  };
  const handlers = {
    onPointerEnter: (event: PointerEvent) => event.pointerType === 'mouse' && hold(),
    onPointerDown: () => {
      hold();
      releaseLater();
    },
    onPointerLeave: (event: PointerEvent) => event.pointerType === 'mouse' && releaseLater(),
  };
  if (held === null)
    return { shown: rows.map((row) => ({ row, gone: false })), waiting: 0, release, handlers };
  const now = new Map(rows.map((row) => [row.id, row]));
  const before = new Set(held.map(({ id }) => id));
  return {
    shown: held.map((row) => ({ row: now.get(row.id) ?? row, gone: !now.has(row.id) && hasLeft(row) })),
    waiting: rows.filter(({ id }) => !before.has(id)).length,
    release,
    handlers,
  };
}
