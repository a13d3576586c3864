/**
 * Push and the phone: the service worker's other half in the page. Acknowledgements that were tapped here go
 * through the same outbox as those of notifications (public/sw.js), so that whichever of the two has a connection
 * first sends them (alerting S100).
 *
 * This file holds the outbox: one row an alert in IndexedDB, kept until the server has answered.
 */

import { paths } from '#lib/model/paths.ts';

/** A tap that the server has not confirmed. */
export interface KeptAcknowledgement {
  alertId: string;
  /** Where it was tapped. */
  via: 'web' | 'push';
  title: string;
  /** Unix milliseconds. */
  at: number;
}

const DATABASE = 'pitwall';
const STORE = 'acknowledgements';

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'alertId' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** One sender at a time for an alert, over this page, its neighbours and the worker. */
function alone<T>(alertId: string, work: () => Promise<T>): Promise<T> {
  // Browsers lend locks to safe origins only; there is no worker on others.
  return navigator.locks ? navigator.locks.request(`acknowledge:${alertId}`, work) : work();
}

/** What waits; nothing where the browser keeps nothing (private windows of some). */
export async function keptAcknowledgements(): Promise<KeptAcknowledgement[]> {
  try {
    return await inStore('readonly', (store) => store.getAll());
  } catch {
    return [];
  }
}

/** What became of an acknowledgement. `later`: it is kept and sent again. */
export type AckOutcome = 'acknowledged' | 'signed-out' | 'refused' | 'later';

const forget = (alertIds: readonly string[]) =>
  Promise.all(
    alertIds.map((alertId) => inStore('readwrite', (store) => store.delete(alertId)).catch(() => {})),
  );

async function post(url: string, body: Readonly<Record<string, unknown>>): Promise<AckOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) return 'acknowledged';
    if (response.status === 401) return 'signed-out';
    return response.status >= 500 || response.status === 429 || response.status === 408 ? 'later' : 'refused';
  } catch {
    return 'later';
  }
}

async function attempt({ alertId, via }: KeptAcknowledgement): Promise<AckOutcome> {
  const outcome = await post(paths.api.acknowledgeAlert(alertId), { via });
  if (outcome === 'acknowledged' || outcome === 'refused') await forget([alertId]);
  return outcome;
}

const keep = (entry: KeptAcknowledgement) =>
  inStore('readwrite', (store) => store.put(entry)).catch(() => {});

/** Keeps taps, then sends them, several as one; what could not be sent stays kept. */
export async function acknowledgeThroughOutbox(entries: readonly KeptAcknowledgement[]): Promise<AckOutcome> {
  await Promise.all(entries.map(keep));
  const [only] = entries;
  if (only && entries.length === 1) return alone(only.alertId, () => attempt(only));
  const ids = entries.map(({ alertId }) => alertId);
  const outcome = await post(paths.api.alertsInBulk(), { ids, action: 'acknowledge', via: only?.via });
  if (outcome === 'acknowledged' || outcome === 'refused') await forget(ids);
  return outcome;
}

/** Sends what waits, one alert after the other; calls `settled` for each. */
export async function replayOutbox(settled: (alertId: string, outcome: AckOutcome) => void): Promise<void> {
  for (const entry of await keptAcknowledgements()) {
    await alone(entry.alertId, async () => {
      const isKept = (await keptAcknowledgements()).some(({ alertId }) => alertId === entry.alertId);
      if (isKept) settled(entry.alertId, await attempt(entry));
    });
  }
}
