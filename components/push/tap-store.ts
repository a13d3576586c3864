import { type KeptAcknowledgement, sortTaps } from './tap.ts';

/** The database that the pages and the worker of this origin share; public/sw.js opens it in the same way. */
const DATABASE = 'pitwall';
/** Version 1 held one tap an alert, whoever had made it. */
const VERSION = 2;
const FORMER = 'acknowledgements';
/** One row a person and alert: somebody else's tap replaces nobody's. */
const TAPS = 'taps';
/** One row: who is signed in here, for the worker, which cannot ask while there is no connection. */
const PERSON = 'person';

function upgrade({ result: database, transaction }: IDBOpenDBRequest): void {
  const taps = database.createObjectStore(TAPS, { keyPath: ['personId', 'alertId'] });
  database.createObjectStore(PERSON);
  if (!database.objectStoreNames.contains(FORMER)) return;
  const former = transaction?.objectStore(FORMER).getAll();
  if (!former) return;
  former.onsuccess = () => {
    for (const tap of former.result) if (tap.personId) taps.put(tap);
    database.deleteObjectStore(FORMER);
  };
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => upgrade(request);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(
  name: typeof TAPS | typeof PERSON,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** What is kept of all people; nothing where the browser keeps nothing (private windows of some). */
const allTaps = (): Promise<KeptAcknowledgement[]> =>
  inStore(TAPS, 'readonly', (store) => store.getAll()).catch(() => []);

/** What waits of a person to be sent. */
export async function keptAcknowledgements(personId: string): Promise<KeptAcknowledgement[]> {
  return sortTaps(await allTaps(), personId, Date.now()).waiting;
}

export const keepTap = (tap: KeptAcknowledgement) =>
  inStore(TAPS, 'readwrite', (store) => store.put(tap)).catch(() => {});

export const forgetTap = ({ personId, alertId }: KeptAcknowledgement) =>
  inStore(TAPS, 'readwrite', (store) => store.delete([personId, alertId])).catch(() => {});

/** Drops what waited too long; answers with those of a person, who is to be told of them. */
export async function dropOldTaps(personId: string): Promise<KeptAcknowledgement[]> {
  const { givenUp, forgotten } = sortTaps(await allTaps(), personId, Date.now());
  await Promise.all([...givenUp, ...forgotten].map(forgetTap));
  return givenUp;
}

/** Says who is signed in here, or that nobody is any more: the worker shows and sends their taps only. */
export const rememberPerson = (personId: string | null) =>
  inStore(PERSON, 'readwrite', (store) => store.put(personId ?? '', PERSON)).catch(() => {});
