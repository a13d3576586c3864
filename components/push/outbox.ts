/**
 * Push and the phone: the service worker's other half in the page. Acknowledgements that were tapped here go
 * through the same outbox as those of notifications (public/sw.js), so that whichever of the two has a connection
 * first sends them (alerting S100).
 *
 * This file holds the outbox: one row an alert in IndexedDB, kept until the server has answered.
 */

import { BULK_MOST } from '#lib/model/alert.ts';
import { paths } from '#lib/model/paths.ts';

/** A tap that the server has not confirmed. */
export interface KeptAcknowledgement {
  alertId: string;
  /** Where it was tapped. */
  via: 'web' | 'push';
  title: string;
  /** Who tapped; it is sent as theirs only. */
  personId: string | null;
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

/** What waits of a person; nothing where the browser keeps nothing (private windows of some). */
export async function keptAcknowledgements(personId: string | null): Promise<KeptAcknowledgement[]> {
  try {
    const all: KeptAcknowledgement[] = await inStore('readonly', (store) => store.getAll());
    return all.filter((entry) => (entry.personId ?? personId) === personId);
  } catch {
    return [];
  }
}

/**
 * What became of an acknowledgement. `later`: it is kept and sent again. `someone-else`: it is kept until whoever tapped
 * is signed in again.
 */
export type AckOutcome = 'acknowledged' | 'signed-out' | 'refused' | 'later' | 'someone-else';

const forget = (alertIds: readonly string[]) =>
  Promise.all(
    alertIds.map((alertId) => inStore('readwrite', (store) => store.delete(alertId)).catch(() => {})),
  );

const OUTCOMES: Readonly<Record<number, AckOutcome>> = {
  401: 'signed-out',
  408: 'later',
  409: 'someone-else',
  429: 'later',
};

function outcomeOf({ ok, status }: Response): AckOutcome {
  if (ok) return 'acknowledged';
  return OUTCOMES[status] ?? (status >= 500 ? 'later' : 'refused');
}

/** @param read says what became of it from a good answer */
async function post(
  url: string,
  body: Readonly<Record<string, unknown>>,
  read: (answer: unknown) => AckOutcome = () => 'acknowledged',
): Promise<AckOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    });
    return response.ok ? read(await response.json()) : outcomeOf(response);
  } catch {
    return 'later';
  }
}

/** Who tapped, where that is known. */
const tappedBy = ({ personId }: KeptAcknowledgement) => (personId == null ? {} : { tappedBy: personId });

async function attempt(entry: KeptAcknowledgement): Promise<AckOutcome> {
  const { alertId, via } = entry;
  const outcome = await post(paths.api.acknowledgeAlert(alertId), { via, ...tappedBy(entry) });
  if (outcome === 'acknowledged' || outcome === 'refused') await forget([alertId]);
  return outcome;
}

const keep = (entry: KeptAcknowledgement) =>
  inStore('readwrite', (store) => store.put(entry)).catch(() => {});

/** Where the team has none of them, nothing was done. */
function outcomeOfMany(answer: unknown): AckOutcome {
  const { changed, unchanged } = answer as { changed: number; unchanged: number };
  return changed + unchanged > 0 ? 'acknowledged' : 'refused';
}

async function attemptMany(entries: readonly [KeptAcknowledgement, ...KeptAcknowledgement[]]) {
  const [first] = entries;
  const ids = entries.map(({ alertId }) => alertId);
  const body = { ids, action: 'acknowledge', via: first.via, ...tappedBy(first) };
  const outcome = await post(paths.api.alertsInBulk(first.alertId), body, outcomeOfMany);
  if (outcome === 'acknowledged' || outcome === 'refused') await forget(ids);
  return outcome;
}

/**
 * Keeps taps, then sends them, several as one and as many at once as the server takes; what could not be sent stays
 * kept. Calls `settled` with what became of them.
 */
export async function acknowledgeThroughOutbox(
  entries: readonly KeptAcknowledgement[],
  settled: (alertIds: readonly string[], outcome: AckOutcome) => void,
): Promise<void> {
  await Promise.all(entries.map(keep));
  for (let from = 0; from < entries.length; from += BULK_MOST) {
    const [first, ...rest] = entries.slice(from, from + BULK_MOST);
    if (!first) return;
    const outcome =
      rest.length === 0
        ? await alone(first.alertId, () => attempt(first))
        : await attemptMany([first, ...rest]);
    settled(
      [first, ...rest].map(({ alertId }) => alertId),
      outcome,
    );
  }
}

/** Sends what waits of a person, one alert after the other; calls `settled` for each. */
export async function replayOutbox(
  personId: string | null,
  settled: (alertId: string, outcome: AckOutcome) => void,
): Promise<void> {
  for (const entry of await keptAcknowledgements(personId)) {
    await alone(entry.alertId, async () => {
      const isKept = (await keptAcknowledgements(personId)).some(({ alertId }) => alertId === entry.alertId);
      if (isKept) settled(entry.alertId, await attempt(entry));
    });
  }
}
