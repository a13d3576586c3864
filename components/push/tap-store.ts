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

/** A page that holds an older version open must not keep taps from being sent, milliseconds. */
const OPEN_WITHIN_MS = 3000;

function open(version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, version);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error('the outbox did not open in time'));
    }, OPEN_WITHIN_MS);
    request.onupgradeneeded = () => upgrade(request);
    request.onsuccess = () => {
      clearTimeout(timer);
      const { result: database } = request;
      // A newer build waits until the older ones have let go.
      database.onversionchange = () => database.close();
      if (isLate) database.close();
      else resolve(database);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}

/** In a tab that is older than the outbox: what it knows may still be in there as it knows it. */
function openDatabase(): Promise<IDBDatabase> {
  return open(VERSION).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'VersionError') return open();
    throw error;
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

/** Taps that could not be written down (private windows of some browsers): they live as long as this page. */
const unwritten = new Map<string, KeptAcknowledgement>();
const keyOf = ({ personId, alertId }: KeptAcknowledgement) => JSON.stringify([personId, alertId]);

/** What is kept of all people. */
async function allTaps(): Promise<KeptAcknowledgement[]> {
  const written = await inStore<KeptAcknowledgement[]>(TAPS, 'readonly', (store) => store.getAll()).catch(
    () => [],
  );
  return [...written, ...unwritten.values()];
}

/** What waits of a person to be sent. */
export async function keptAcknowledgements(personId: string): Promise<KeptAcknowledgement[]> {
  return sortTaps(await allTaps(), personId, Date.now()).waiting;
}

/** Keeps a tap; false where it is lost with this page. */
export async function keepTap(tap: KeptAcknowledgement): Promise<boolean> {
  try {
    await inStore(TAPS, 'readwrite', (store) => store.put(tap));
    return true;
  } catch {
    unwritten.set(keyOf(tap), tap);
    return false;
  }
}

export async function forgetTap(tap: KeptAcknowledgement): Promise<void> {
  unwritten.delete(keyOf(tap));
  const key = [tap.personId, tap.alertId];
  await inStore(TAPS, 'readwrite', (store) => store.delete(key)).catch(() => {});
}

/** Drops what waited too long; answers with those of a person, who is to be told of them. */
export async function dropOldTaps(personId: string): Promise<KeptAcknowledgement[]> {
  const { givenUp, forgotten } = sortTaps(await allTaps(), personId, Date.now());
  await Promise.all([...givenUp, ...forgotten].map(forgetTap));
  return givenUp;
}

/** Says who is signed in here, or that nobody is any more: the worker shows and sends their taps only. */
export const rememberPerson = (personId: string | null) =>
  inStore(PERSON, 'readwrite', (store) => store.put(personId ?? '', PERSON)).catch(() => {});
