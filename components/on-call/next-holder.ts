import type { ShiftView } from '#lib/model/on-call-view.ts';

/** The first of some shifts that somebody else has: a hand-over to the same person is none. */
export function nextHolder(shifts: readonly ShiftView[]): ShiftView | null {
  const [now] = shifts;
  return shifts.find(({ person }) => person?.id !== now?.person?.id) ?? null;
}
