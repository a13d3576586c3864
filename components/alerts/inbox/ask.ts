import { ask, RequestFailure } from '#components/live/ask.ts';
import type { Page } from '#lib/model/agent-view.ts';
import { type AlertStatus, BULK_MOST } from '#lib/model/alert.ts';
import type { AlertCounts, AlertDetail, AlertRow } from '#lib/model/alert-view.ts';
import { paths, type Query } from '#lib/model/paths.ts';

function send<T>(url: string, body: Readonly<Record<string, unknown>>): Promise<T> {
  return ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** All of these throw `RequestFailure` with words for the person who looks. */
export const readAlerts = (query: Query) => ask<Page<AlertRow>>(paths.api.alerts(query));
export const readAlertCounts = () => ask<AlertCounts>(paths.api.alertCounts());
export const readAlert = (id: string) => ask<AlertDetail>(paths.api.alert(id));

/** What became of an alert that somebody acted on. */
export interface ActAnswer {
  id: string;
  status: AlertStatus;
  version: number;
}

export type BulkAct = { action: 'acknowledge' | 'resolve' } | { action: 'snooze'; minutes: number };

/** What became of many alerts: how many were changed, how many a failure left, and what failed. */
export interface BulkAnswer {
  changed: number;
  left: number;
  failure: RequestFailure | null;
}

/** Acts on alerts of one team, as many at once as the server takes; what comes after a part that failed is left. */
export async function actInBulk(ids: readonly string[], act: BulkAct): Promise<BulkAnswer> {
  let changed = 0;
  for (let from = 0; from < ids.length; from += BULK_MOST) {
    const some = ids.slice(from, from + BULK_MOST);
    try {
      const url = paths.api.alertsInBulk(some[0]);
      changed += (await send<{ changed: number }>(url, { ids: some, ...act })).changed;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      return { changed, left: ids.length - from, failure: error };
    }
  }
  return { changed, left: 0, failure: null };
}

export type AlertAct =
  | { act: 'resolve' | 'reopen'; body: { note?: string } }
  | { act: 'snooze'; body: { minutes: number } }
  | { act: 'reassign'; body: { userId: string } }
  | { act: 'comment'; body: { text: string } }
  | { act: 'feedback'; body: { feedback: 'useful' | 'noise' | null; reason?: string } };

export const actOn = (id: string, { act, body }: AlertAct) =>
  send<ActAnswer>(paths.api.actOnAlert(id, act), body);
