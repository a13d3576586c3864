import type { AlertRow } from '#lib/model/alert-view.ts';

/** `sending`: the server has not answered; `waiting`: it could not be reached, and is asked again; `done`: it has. */
export type AckState = 'sending' | 'waiting' | 'done';

/** Alerts on their way, with the version that was tapped; null for a tap that was not made on this page. */
export type AckMarks = ReadonlyMap<string, { state: AckState; version: number | null }>;

/**
 * Marks alerts, or takes their marks away. That it is done is said of the version that was tapped and older ones only,
 * for an alert may become active again; where nobody knows the version, the alert that is read next says it.
 */
export function markAlerts(
  marks: AckMarks,
  ids: readonly string[],
  state: AckState | null,
  version?: number,
): AckMarks {
  const next = new Map(marks);
  for (const id of ids) {
    const tapped = version ?? marks.get(id)?.version ?? null;
    if (state === null || (state === 'done' && tapped === null)) next.delete(id);
    else next.set(id, { state, version: tapped });
  }
  return next;
}

/** What is said of an alert; a mark is over once it is seen acknowledged, or has changed since. */
export function ackStateOf(
  marks: AckMarks,
  { id, version, status }: Pick<AlertRow, 'id' | 'version' | 'status'>,
): AckState | null {
  const found = marks.get(id);
  if (!found || status !== 'active') return null;
  const isPast = found.state === 'done' && found.version !== null && version > found.version;
  return isPast ? null : found.state;
}
