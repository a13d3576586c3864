/**
 * Reception: when telemetry could be taken. Silence says something about who is silent only as far as somebody
 * listened: while Pitwall, its database or all its receivers were down, nobody could be heard. Health and rules
 * alike judge silence by this. Times are Unix milliseconds; pure.
 */

/** A time in which a receiver took telemetry and could store it. */
export interface ReceptionStretch {
  fromMs: number;
  toMs: number;
}

/**
 * Receivers say every 5 s that they listen. A gap up to this long, as a restart makes it, is none: senders try
 * again for as long.
 */
export const RECEPTION_GAP_MS = 20_000;

/** How long what is known of reception is kept, days: longer than any silence that somebody waits for. */
export const RECEPTION_DAYS = 35;

/** Stretches as they were up to a moment: in order, joined where the gap is none, the last one open if it still is. */
function upTo(stretches: readonly ReceptionStretch[], nowMs: number): ReceptionStretch[] {
  const joined: ReceptionStretch[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (stretch.fromMs > nowMs) continue;
    const toMs = nowMs - stretch.toMs <= RECEPTION_GAP_MS ? nowMs : stretch.toMs;
    const last = joined.at(-1);
    if (last && stretch.fromMs - last.toMs <= RECEPTION_GAP_MS) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs: stretch.fromMs, toMs });
  }
  return joined;
}

/**
 * Since when somebody must have been silent to be called silent for `forMs`: the begin of the last time that long
 * that was listened to without a break. Without outages that is `nowMs - forMs`. It never moves back, so what was
 * silent before an outage stays so.
 *
 * @returns null when nobody ever listened that long: then nothing can be said
 */
export function silentSince(
  stretches: readonly ReceptionStretch[],
  nowMs: number,
  forMs: number,
): number | null {
  const long = upTo(stretches, nowMs).findLast(({ fromMs, toMs }) => toMs - fromMs >= forMs);
  return long ? long.toMs - forMs : null;
}

/** Since when it is listened without a break; null while nobody does. */
export function listeningSince(stretches: readonly ReceptionStretch[], nowMs: number): number | null {
  const last = upTo(stretches, nowMs).at(-1);
  return last?.toMs === nowMs ? last.fromMs : null;
}

/** Whether all of a time was listened to: what is missing from it was then not sent. */
export function wasListening(
  stretches: readonly ReceptionStretch[],
  { from, to }: { from: number; to: number },
): boolean {
  const since = listeningSince(stretches, to);
  return since !== null && since <= from;
}
