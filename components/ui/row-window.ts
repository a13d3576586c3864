export interface RowWindow {
  /** Index of the first row to draw, and one past the last. */
  from: number;
  to: number;
}

/** Rows drawn beyond each edge of the screen; even steps keep row stripes and focus in place. */
const OVERSCAN = 12;

/**
 * Which rows are on screen.
 *
 * @param top of the list relative to the top of the screen, px; negative once scrolled past
 */
export function windowOf(top: number, screenHeight: number, rowHeight: number, count: number): RowWindow {
  if (rowHeight <= 0) return { from: 0, to: count };
  const first = Math.floor(-top / rowHeight) - OVERSCAN;
  const last = Math.ceil((screenHeight - top) / rowHeight) + OVERSCAN;
  const from = Math.min(Math.max(0, first), Math.max(0, count - 1));
  return { from, to: Math.max(from, Math.min(count, last)) };
}
