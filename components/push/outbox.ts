/**
 * Push and the phone: the service worker's other half in the page. Acknowledgements that were tapped here go
 * through the same outbox as those of notifications (public/sw.js), so that whichever of the two has a connection
 * first sends them (alerting S100).
 *
 * This file holds the outbox: one row an alert in IndexedDB, kept until the server has answered.
 */

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

export const keepAcknowledgement = (entry: KeptAcknowledgement): Promise<IDBValidKey> =>
  inStore('readwrite', (store) => store.put(entry));

export const dropAcknowledgement = (alertId: string): Promise<undefined> =>
  inStore('readwrite', (store) => store.delete(alertId));

/** What waits; nothing where the browser keeps nothing (private windows of some). */
export async function keptAcknowledgements(): Promise<KeptAcknowledgement[]> {
  try {
    return await inStore('readonly', (store) => store.getAll());
  } catch {
    return [];
  }
}
