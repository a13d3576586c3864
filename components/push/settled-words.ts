import type { AlertStatus } from '#lib/model/alert.ts';
import type { SettledBefore } from '#lib/model/alert-response.ts';
import { formatAgo } from '#lib/model/format.ts';

/** What the server says to whoever came second. */
export interface SecondAnswer {
  status: AlertStatus;
  settled: SettledBefore;
}

/** Says to whoever tapped second who has the alert, or that it was over. */
export function settledWords({ status, settled: { by, at } }: SecondAnswer, nowMs: number): string {
  const ago = formatAgo(at, nowMs);
  if (status !== 'resolved') return `${by ?? 'Somebody'} acknowledged it first, ${ago}. You are noted.`;
  return `It was over already: resolved${by === null ? '' : ` by ${by}`} ${ago}. You are noted.`;
}
