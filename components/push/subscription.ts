import { paths } from '#lib/model/paths.ts';
import { rememberPerson } from './tap-store.ts';

/** The server's id of this browser's subscription; set while the person wants pushes here. */
const DEVICE = 'pitwall-device';
/** A push service that does not answer must keep nobody signed in, milliseconds. */
const LEAVE_MS = 2000;

function keep(id: string): void {
  try {
    localStorage.setItem(DEVICE, id);
  } catch {
    // Then a lost subscription is made again by hand.
  }
}

function keptDevice(): string | null {
  try {
    return localStorage.getItem(DEVICE);
  } catch {
    return null;
  }
}

/** The worker of this origin, registered; null where there are none. */
async function ensureWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  return navigator.serviceWorker.ready;
}

async function publicKey(): Promise<string | null> {
  const response = await fetch(paths.api.pushSubscriptions(), { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return ((await response.json()) as { publicKey: string | null }).publicKey;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Tells the server of this browser's subscription; its id there. */
async function announce(subscription: PushSubscription): Promise<string> {
  const { endpoint, keys = {} } = subscription.toJSON();
  const response = await fetch(paths.api.pushSubscriptions(), {
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
  return ((await response.json()) as { id: string }).id;
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

/** Gives up the subscription where the device that was removed is this browser: else its next load would add it again. */
export async function forgetBrowser(removedId: string): Promise<void> {
  if (keptDevice() === removedId) await giveUp();
}

async function giveUp(): Promise<void> {
  localStorage.removeItem(DEVICE);
  const worker = await navigator.serviceWorker?.getRegistration('/');
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
}

/** Takes away what stands in sight of whoever uses this device next. */
async function closeNotifications(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration('/');
  for (const notification of (await worker?.getNotifications()) ?? []) notification.close();
}

/**
 * Before a sign-out: whoever signs in here next is not told by it, nobody is told after leaving, and what was told is no
 * longer in sight. The server forgets the device with the session.
 */
export async function leaveBrowser(): Promise<void> {
  const left = [giveUp(), closeNotifications(), rememberPerson(null)];
  await Promise.race([Promise.allSettled(left), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))]);
}

/** On each load: the server learns the subscription anew, and one that was lost is made again (alerting S96). */
export async function syncPush(): Promise<void> {
  const worker = await ensureWorker();
  if (!worker?.pushManager || Notification.permission !== 'granted') return;
  const present = await worker.pushManager.getSubscription();
  if (present === null && keptDevice() === null) return;
  const key = await publicKey();
  if (key !== null) keep(await announce(await subscribe(worker, key)));
}
