import { paths } from '#lib/model/paths.ts';

/** Set while the person wants pushes in this browser, so that a lost subscription is made again. */
const WANTED = 'pitwall-push';

/** Why this browser takes no pushes, in words with what to do; null when it can. */
export function pushHindrance(): string | null {
  if (!window.isSecureContext) return 'Push needs HTTPS. Open Pitwall by its https address.';
  if (!('serviceWorker' in navigator)) return 'This browser has no service workers.';
  if (!('PushManager' in window)) {
    const isPhone = /iPhone|iPad/.test(navigator.userAgent);
    return isPhone
      ? 'On iPhone and iPad push works for installed apps: share, then add to the home screen.'
      : 'This browser takes no web push.';
  }
  if (Notification.permission === 'denied')
    return 'Notifications are blocked for this site. Allow them in the settings of the browser.';
  return null;
}

function remember(wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(WANTED, 'on');
    else localStorage.removeItem(WANTED);
  } catch {
    // Then a lost subscription is made again by hand.
  }
}

function isWanted(): boolean {
  try {
    return localStorage.getItem(WANTED) === 'on';
  } catch {
    return false;
  }
}

/** The worker of this origin, registered; null where there are none. */
export async function ensureWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  return navigator.serviceWorker.ready;
}

async function publicKey(): Promise<string | null> {
  const response = await fetch(paths.api.devices(), { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return ((await response.json()) as { publicKey: string | null }).publicKey;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Tells the server of this browser's subscription. */
async function announce(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys = {} } = subscription.toJSON();
  const response = await fetch(paths.api.devices(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      endpoint,
      p256dh: keys.p256dh,
      auth: keys.auth,
      userAgent: navigator.userAgent.slice(0, 500),
    }),
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
}

/** A subscription made with the server's present key; one made with another is replaced. */
async function subscribe(worker: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const applicationServerKey = bytesOf(key);
  const present = await worker.pushManager.getSubscription();
  const used = present?.options.applicationServerKey;
  const isSame = used && new Uint8Array(used).every((byte, i) => byte === applicationServerKey[i]);
  if (present && isSame) return present;
  await present?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/**
 * Takes pushes in this browser from now on; asks for the permission.
 *
 * @throws Error with words for the person
 */
export async function enablePush(): Promise<void> {
  const hindrance = pushHindrance();
  if (hindrance !== null) throw new Error(hindrance);
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('Notifications were not allowed, so nothing can be pushed here.');
  const [worker, key] = await Promise.all([ensureWorker(), publicKey()]);
  if (worker === null || key === null) throw new Error('Web push is not set up on the server.');
  await announce(await subscribe(worker, key));
  remember(true);
}

/** Takes no pushes in this browser any more. */
export async function disablePush(): Promise<void> {
  remember(false);
  const worker = await ensureWorker();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

/** On each load: the server learns the subscription anew, and one that was lost is made again (alerting S96). */
export async function syncPush(): Promise<void> {
  const worker = await ensureWorker();
  if (worker === null || pushHindrance() !== null || Notification.permission !== 'granted') return;
  const present = await worker.pushManager.getSubscription();
  if (present === null && !isWanted()) return;
  const key = await publicKey();
  if (key === null) return;
  await announce(await subscribe(worker, key));
  remember(true);
}
