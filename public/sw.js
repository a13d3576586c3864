/*
 * The service worker: shows what is pushed and acknowledges from the notification. It keeps no pages and no
 * assets; where a page cannot be had, one of its own says so (sw-offline.js). It calls REST only, whose addresses
 * outlive a build.
 *
 * Every push is shown, also one that cannot be read: browsers take the permission away from a page whose pushes
 * stay silent (alerting S96). An acknowledgement that could not be sent is kept in IndexedDB and sent again until
 * the server has answered; until then its notification says that it is not acknowledged (alerting S100). It
 * shows and sends what whoever is signed in here has tapped; what others tapped waits for them. What was sent to
 * somebody else is acknowledged by nobody from here: it says so, and its page asks whoever is signed in.
 * components/push/tap-store.ts opens the same database.
 */
importScripts('/sw-offline.js');

const DATABASE = 'pitwall';
const VERSION = 2;
/** Version 1 held one tap an alert, whoever had made it. */
const FORMER = 'acknowledgements';
const TAPS = 'taps';
const PERSON = 'person';
/** As in components/push/tap.ts: a tap that waited longer is given up. */
const SENT_WITHIN_MS = 24 * 3_600_000;
const SYNC_TAG = 'acknowledgements';
const ICON = '/icon-192.png';
const BADGE = '/badge-96.png';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(begin()));

async function begin() {
  // Pages are on their way while the worker wakes up.
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
  await replay();
}

// The outbox: one row a person and alert, so that a second tap replaces the first, and nobody's that of another.

function upgrade({ result: database, transaction }) {
  const taps = database.createObjectStore(TAPS, { keyPath: ['personId', 'alertId'] });
  database.createObjectStore(PERSON);
  if (!database.objectStoreNames.contains(FORMER)) return;
  const former = transaction.objectStore(FORMER).getAll();
  former.onsuccess = () => {
    for (const tap of former.result) if (tap.personId) taps.put(tap);
    database.deleteObjectStore(FORMER);
  };
}

/** A page that holds an older version open must not keep taps from being sent, milliseconds. */
const OPEN_WITHIN_MS = 3000;

function openVersion(version) {
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

/** In a worker that is older than the outbox: what it knows may still be in there as it knows it. */
function openDatabase() {
  return openVersion(VERSION).catch((error) => {
    if (error?.name === 'VersionError') return openVersion();
    throw error;
  });
}

async function inStore(name, mode, work) {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const keyOf = ({ personId, alertId }) => [personId, alertId];
const keep = (entry) => inStore(TAPS, 'readwrite', (store) => store.put(entry));
const drop = (entry) => inStore(TAPS, 'readwrite', (store) => store.delete(keyOf(entry)));
const isKept = async (entry) =>
  (await inStore(TAPS, 'readonly', (store) => store.count(keyOf(entry)))) > 0;

/** Who is signed in here, as the last page said; nobody while that is not known. */
const signedIn = async () => (await inStore(PERSON, 'readonly', (store) => store.get(PERSON))) ?? '';

/** Taps of whoever is signed in: those to be sent, those that came too late, and how many of others wait. */
async function kept() {
  const personId = await signedIn();
  const all = await inStore(TAPS, 'readonly', (store) => store.getAll());
  const own = all.filter((tap) => tap.personId === personId);
  const isOver = ({ at }) => Date.now() - at > SENT_WITHIN_MS;
  return {
    waiting: own.filter((tap) => !isOver(tap)),
    givenUp: own.filter(isOver),
    isOthers: all.some((tap) => tap.personId !== personId),
  };
}

/** One sender at a time for an alert, over the worker and all pages. */
const alone = (alertId, work) => navigator.locks.request(`acknowledge:${alertId}`, work);

async function tellPages(message) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}

// Acknowledging.

/** What whoever tapped second is told: components/push/settled-words.ts says it in pages. */
function secondWords({ status, settled }) {
  const at = new Date(settled.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  if (status !== 'resolved') return `${settled.by ?? 'Somebody'} acknowledged it first, at ${at}. You are noted.`;
  return `It was over already: resolved${settled.by ? ` by ${settled.by}` : ''} at ${at}. You are noted.`;
}

/**
 * Says what became of it: `acknowledged`, `signed-out`, `someone-else` (who is signed in here now did not tap), `refused`
 * (it makes no sense to try again) or `later`; and what the server said of whoever was first.
 */
async function sendAcknowledgement({ alertId, via, personId }) {
  try {
    const response = await fetch(`/api/v1/alerts/${encodeURIComponent(alertId)}/acknowledge`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ via, ...(personId !== '' && { tappedBy: personId }) }),
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) {
      const { status, settled } = await response.json();
      return { outcome: 'acknowledged', ...(settled && { second: { status, settled } }) };
    }
    return { outcome: refusalOf(response) };
  } catch {
    return { outcome: 'later' };
  }
}

function refusalOf({ status }) {
  if (status === 401) return 'signed-out';
  if (status === 409) return 'someone-else';
  return status >= 500 || status === 429 || status === 408 ? 'later' : 'refused';
}

const WORDS = {
  sending: 'Not yet acknowledged: sending.',
  acknowledged: 'Acknowledged.',
  'signed-out': 'Not acknowledged: your session has ended. Tap to sign in and acknowledge.',
  'someone-else': 'Not acknowledged: somebody else is signed in here. It waits for you to sign in again.',
  elsewhere: 'Sent by a page of Pitwall that is open. Tap to see what became of it.',
  refused: 'Not acknowledged: the server refused it. Tap to see the alert.',
  'not-yours': 'Not acknowledged: this was sent to somebody else than who is signed in here. Tap to see the alert.',
  later: 'Not yet acknowledged: no connection. It is sent as soon as there is one.',
  unkept: 'Not acknowledged: no connection, and this device could not keep it. Tap to see the alert.',
  'given-up': 'Not acknowledged: it could not be sent for a day and was given up. Tap to see the alert.',
};

/** Replaces the alert's notification by what became of the acknowledgement. */
function showOutcome(entry, outcome, second) {
  return self.registration.showNotification(entry.title, {
    body: second ? secondWords(second) : WORDS[outcome],
    tag: entry.tag,
    icon: ICON,
    badge: BADGE,
    silent: true,
    data: { ...entry, outcome },
  });
}

/** Sends what is still kept; null when somebody else has settled it meanwhile. */
function attempt(entry) {
  return alone(entry.alertId, async () => {
    if (!(await isKept(entry))) return null;
    const { outcome, second } = await sendAcknowledgement(entry);
    if (outcome === 'acknowledged' || outcome === 'refused') await drop(entry);
    const { alertId, personId, via } = entry;
    // Who was first is said where it was tapped: on a notification, or in the pages.
    const told = via === 'web' ? second : undefined;
    await tellPages({ type: 'acknowledgement', alertId, personId, outcome, second: told });
    return { outcome, second };
  });
}

/** What became of an alert whose acknowledgement a page has settled first: the server knows. */
async function settledByPage(alertId) {
  try {
    const response = await fetch(`/api/v1/alerts/${encodeURIComponent(alertId)}`, {
      credentials: 'same-origin',
      signal: AbortSignal.timeout(15_000),
    });
    const { status } = response.ok ? await response.json() : {};
    if (status === 'acknowledged') return { outcome: 'acknowledged' };
    if (status === 'active') return { outcome: 'refused' };
  } catch {}
  return { outcome: 'elsewhere' };
}

async function askForSync() {
  // Where there is no background sync the next push, the next page and "online" try again.
  try {
    await self.registration.sync.register(SYNC_TAG);
  } catch {}
}

async function sendKept(entry) {
  const answer = (await attempt(entry)) ?? (await settledByPage(entry.alertId));
  if (answer.outcome !== 'someone-else') return answer;
  // Whoever is signed in now did not ask for it, and nobody else is known to have.
  await drop(entry);
  return { outcome: 'not-yours' };
}

async function sendUnkept(entry) {
  const { outcome, second } = await sendAcknowledgement(entry);
  const lost = { later: 'unkept', 'someone-else': 'not-yours' };
  return { outcome: lost[outcome] ?? outcome, second };
}

async function acknowledge(data) {
  const { alertId, title, tag, url } = data;
  const present = await signedIn().catch(() => '');
  const personId = data.personId ?? present;
  const entry = { alertId, title, tag, url, personId, via: 'push', at: Date.now() };
  if (present !== '' && personId !== present) {
    await showOutcome(entry, 'not-yours');
    return 'not-yours';
  }
  const isKept = await keep(entry).then(
    () => true,
    () => false,
  );
  await showOutcome(entry, 'sending');
  const { outcome, second } = await (isKept ? sendKept(entry) : sendUnkept(entry));
  await showOutcome(entry, outcome, second);
  if (outcome === 'later') await askForSync();
  return outcome;
}

/** Sends what waits of whoever is signed in. Entries of a page have no notification to replace. */
async function replay() {
  const { waiting, givenUp } = await kept();
  // Those of a page are told by the next page.
  for (const entry of givenUp.filter(({ via }) => via === 'push')) {
    await showOutcome(entry, 'given-up');
    await drop(entry);
  }
  const outcomes = await Promise.all(
    waiting.map(async (entry) => {
      const { outcome, second } = (await attempt(entry)) ?? {};
      if (entry.via === 'push' && outcome && outcome !== 'later') await showOutcome(entry, outcome, second);
      return outcome;
    }),
  );
  if (outcomes.includes('later')) {
    await askForSync();
    return false;
  }
  return true;
}

// Pages.

async function pageOf({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return self.offlinePage(await kept().catch(() => ({ waiting: [], isOthers: false })));
  }
}

self.addEventListener('fetch', (event) => {
  const { mode, method } = event.request;
  if (mode === 'navigate' && method === 'GET') event.respondWith(pageOf(event));
});

// Pushes.

function readPush(event) {
  try {
    const payload = event.data?.json();
    if (payload && typeof payload.title === 'string') return payload;
  } catch {}
  return {
    title: 'Pitwall',
    body: 'Something happened that could not be read here. Tap to open the inbox.',
    tag: 'unreadable',
    status: 'notice',
    severity: 'warning',
    alertId: null,
    url: null,
  };
}

/** A path of our own, whatever the message says. */
function ownPath(url, alertId) {
  try {
    const target = new URL(url ?? '', self.location.origin);
    if (url && target.origin === self.location.origin) return target.pathname + target.search;
  } catch {}
  return alertId ? `/alerts/${encodeURIComponent(alertId)}` : '/alerts';
}

function showPush(payload) {
  const { title, body = '', tag, alertId = null, personId = null, status, severity, at } = payload;
  const asks = status === 'firing' && alertId !== null;
  return self.registration.showNotification(title, {
    body,
    tag: tag || 'pitwall',
    icon: ICON,
    badge: BADGE,
    renotify: status === 'firing',
    requireInteraction: asks && (severity === 'critical' || severity === 'error'),
    timestamp: at ?? Date.now(),
    actions: asks ? [{ action: 'acknowledge', title: 'Acknowledge' }, { action: 'open', title: 'Open' }] : [],
    data: { alertId, personId, title, tag: tag || 'pitwall', url: ownPath(payload.url, alertId) },
  });
}

self.addEventListener('push', (event) => {
  // What waits is sent with the next sign of a connection, after the notification stands.
  event.waitUntil(showPush(readPush(event)).then(replay));
});

/** Shows a page in a window that is open, else in a new one. */
async function open(path) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (!page) {
    await self.clients.openWindow(path);
    return;
  }
  await page.focus().catch(() => {});
  try {
    await page.navigate(path);
  } catch {
    // A page that this worker does not control goes there by itself.
    page.postMessage({ type: 'open', path });
  }
}

async function onClick(action, data) {
  const path = data?.url ?? '/alerts';
  if (action !== 'acknowledge' || !data?.alertId) return open(path);
  const outcome = await acknowledge(data);
  // The page asks to sign in and comes back to the alert (alerting S99).
  if (outcome === 'signed-out') await open(path).catch(() => {});
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(onClick(event.action, event.notification.data));
});

self.addEventListener('sync', (event) => {
  if (event.tag !== SYNC_TAG) return;
  event.waitUntil(
    replay().then((done) => {
      if (!done) throw new Error('still without a connection');
    }),
  );
});

self.addEventListener('message', (event) => {
  if (event.data?.type === 'replay') event.waitUntil(replay());
});

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(resubscribe(event));
});

async function resubscribe({ oldSubscription, newSubscription }) {
  const options = oldSubscription?.options;
  const subscription =
    newSubscription ?? (options ? await self.registration.pushManager.subscribe(options) : null);
  if (!subscription) return;
  const { endpoint, keys } = subscription.toJSON();
  await fetch('/api/v1/push-subscriptions', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
}
