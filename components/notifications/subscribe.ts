/** What a subscription consists of, as the API takes it. */
interface Subscribed {
  endpoint: string;
  p256dh: string;
  auth: string;
  userAgent: string;
}

function keyBytes(publicKey: string): Uint8Array<ArrayBuffer> {
  const text = atob(publicKey.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Asks for permission and subscribes this browser; answers in words why it could not. */
export async function subscribeThisBrowser(publicKey: string): Promise<Subscribed | string> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis))
    return 'This browser takes no push here. Open Pitwall over HTTPS; on an iPhone from the home screen.';
  if ((await Notification.requestPermission()) !== 'granted')
    return 'Notifications are blocked for this site. Allow them in the settings of the browser.';
  const registration = await navigator.serviceWorker.register('/sw.js');
  await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: keyBytes(publicKey) };
  const existing = await registration.pushManager.getSubscription();
  // One that hangs on a former key would never be written to again.
  const subscription = await registration.pushManager.subscribe(options).catch(async () => {
    await existing?.unsubscribe();
    return registration.pushManager.subscribe(options);
  });
  const { endpoint = '', keys = {} } = subscription.toJSON();
  const { p256dh = '', auth = '' } = keys;
  return { endpoint, p256dh, auth, userAgent: navigator.userAgent.slice(0, 500) };
}
