import { randomUUID } from 'node:crypto';
import { type Browser, devices, expect, type Page, type Worker } from '@playwright/test';
import type { PushPayload } from '#lib/model/push-payload.ts';
import { fireAlert, freshName, makeEagerRule, pageEverybodyOf, readAlert, rest } from './alerting.ts';
import { test } from './journey.ts';
import { product } from './product.ts';
import { type PushService, startPushService } from './push-service.ts';
import { signIn } from './sign-in.ts';

/** A phone with a small screen; the worker and its notifications are real, only the push service is ours. */
const { defaultBrowserType: _browser, ...pixel } = devices['Pixel 7'];
test.use({ ...pixel, viewport: { width: 360, height: 740 }, permissions: ['notifications'] });
test.describe.configure({ mode: 'serial' });

const fleet = freshName('phone');
let service: PushService;
let deviceId: string;

/** What the tests touch of the worker's own world. */
interface WorkerScope {
  registration: ServiceWorkerRegistration;
  dispatchEvent(event: Event): boolean;
  NotificationEvent: new (type: string, init: { notification: Notification; action: string }) => Event;
}

/** The service worker of a page that has loaded, once it takes pushes. */
async function workerOf(page: Page): Promise<Worker> {
  // `ready` is told of a worker that is still being activated, and a push for such a one is lost.
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active === null || active.state === 'activated') return;
    await new Promise<void>((resolve) =>
      active.addEventListener('statechange', () => active.state === 'activated' && resolve()),
    );
  });
  const context = page.context();
  return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');
}

/** Hands a message to the worker as a push service of the browser would. */
async function deliver(page: Page, text: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ isDeleted }) => !isDeleted);
      if (own) resolve(own.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.deliverPushMessage', {
    origin: product().url,
    registrationId: await registered,
    data: text,
  });
  await cdp.detach();
}

/** What notifications of an alert say; undefined while there is none. */
const shownOf = (worker: Worker, tag: string) =>
  worker.evaluate(async (wanted) => {
    const { registration } = globalThis as unknown as WorkerScope;
    const [shown] = await registration.getNotifications({ tag: wanted });
    return shown && { title: shown.title, body: shown.body };
  }, tag);

/** Taps a notification, or one of its buttons, and waits for what the worker does about it. */
async function tap(worker: Worker, tag: string, action: string): Promise<void> {
  await worker.evaluate(
    async ([wanted = '', button = '']) => {
      const scope = globalThis as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications({ tag: wanted });
      if (!notification) throw new Error('there is no such notification');
      const event = new scope.NotificationEvent('notificationclick', { notification, action: button });
      let work: Promise<unknown> = Promise.resolve();
      // Only events of the browser itself may be extended; a tap of ours lends the promise to us instead.
      Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => (work = promise) });
      scope.dispatchEvent(event);
      // Without a hand on the phone a window cannot be opened; what was sent before counts.
      await work.catch(() => undefined);
    },
    [tag, action],
  );
}

/** Ends an alert as somebody else than whoever holds the phone. */
async function resolveByKey(alertId: string): Promise<void> {
  const { url, apiKey } = product();
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/alerts/${alertId}/resolve`, {
    method: 'POST',
    headers,
    body: '{}',
  });
  expect(answer.status).toBe(200);
}

/** Brings the outbox to a version that the pages which are open do not know, as a newer build would. */
const renewOutbox = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('pitwall', 99);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
        request.onerror = () => reject(request.error);
      }),
  );

/** How many taps the outbox holds. */
const keptTaps = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open('pitwall');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const { result: database } = request;
          const count = database.transaction('taps').objectStore('taps').count();
          count.onsuccess = () => {
            database.close();
            resolve(count.result);
          };
        };
      }),
  );

/** The next push about an alert. */
async function nextPush(alertId: string): Promise<{ text: string; payload: PushPayload; headers: Headers }> {
  for (;;) {
    const message = await service.next();
    if (message.payload.alertId === alertId) return message;
  }
}

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext({ baseURL: product().url });
  const page = await context.newPage();
  await signIn(page);
  await makeEagerRule(page, fleet);
  await pageEverybodyOf(page, fleet);
  await context.close();
});

// A phone of its own for each journey: one takes a page a minute at most, and the next would wait for its turn.
test.beforeEach(async ({ page }) => {
  service = await startPushService();
  await signIn(page);
  await page.goto('/overview');
  const device = { ...service.subscription, userAgent: 'phone' };
  deviceId = (await rest<{ id: string }>(page, 'POST', '/push-subscriptions', device)).id;
});
test.afterEach(async ({ page }) => {
  await service.close();
  await rest(page, 'DELETE', `/push-subscriptions/${deviceId}`);
});

test('alerting S96 S98: a breach is pushed to the phone, acknowledged from the notification, and the desktop inbox follows', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const worker = await workerOf(page);
  const desktop = await browser.newContext({
    baseURL: product().url,
    viewport: { width: 1280, height: 800 },
  });
  const inbox = await desktop.newPage();
  await signIn(inbox);
  await inbox.goto('/alerts');
  await expect(inbox.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');

  const alert = await fireAlert(page, `${fleet}-one`);
  const card = inbox.locator(`[data-alert="${alert.id}"]`);
  await expect(card).toContainText(`${fleet}-one does too much`);

  const { text, payload, headers } = await nextPush(alert.id);
  expect(headers.get('urgency')).toBe('high');
  expect(headers.get('topic')).toBe(alert.id.replaceAll('-', ''));
  await deliver(page, text);
  await expect
    .poll(() => shownOf(worker, payload.tag))
    .toMatchObject({
      title: expect.stringContaining(`${fleet}-one does too much`),
    });

  await tap(worker, payload.tag, 'acknowledge');
  expect(await shownOf(worker, payload.tag)).toMatchObject({ body: 'Acknowledged.' });
  await expect(card).toHaveCount(0);
  const read = await readAlert(page, alert.id);
  expect(read.status).toBe('acknowledged');
  expect(read.events.find(({ kind }) => kind === 'acknowledged')?.via).toBe('push');
  await desktop.close();

  // A tap that finds it settled by somebody else is told so.
  await resolveByKey(alert.id);
  await deliver(page, text);
  await expect.poll(async () => (await shownOf(worker, payload.tag))?.body).not.toBe('Acknowledged.');
  await tap(worker, payload.tag, 'acknowledge');
  expect((await shownOf(worker, payload.tag))?.body).toMatch(
    /^It was over already: resolved .*at .+ You are noted\.$/,
  );
});

test('alerting S96: a push that cannot be read is shown all the same, and a page tells the server of its subscription on each load', async ({
  page,
}) => {
  const worker = await workerOf(page);
  await deliver(page, 'this is no JSON');
  await expect.poll(() => shownOf(worker, 'unreadable')).toMatchObject({ title: 'Pitwall' });

  await lendSubscription(page, service.subscription);
  await rest(page, 'DELETE', `/push-subscriptions/${deviceId}`);
  await page.reload();
  const own = async () => {
    const { items } = await rest<{ items: { id: string; service: string }[] }>(
      page,
      'GET',
      '/push-subscriptions',
    );
    return items.find((item) => item.service === new URL(service.subscription.endpoint).host)?.id ?? null;
  };
  await expect.poll(own).not.toBeNull();
  deviceId = (await own()) ?? '';
});

test('alerting S100: acknowledged from a notification without a connection, it says so until the server has confirmed, and only as whoever tapped', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const worker = await workerOf(page);
  const alert = await fireAlert(page, `${fleet}-two`);
  const { text, payload } = await nextPush(alert.id);
  const ofSomebodyElse = { ...payload, tag: 'handed on', personId: randomUUID() };
  await deliver(page, JSON.stringify(ofSomebodyElse));
  await expect.poll(() => shownOf(worker, 'handed on')).toBeDefined();
  await deliver(page, text);
  await expect.poll(() => shownOf(worker, payload.tag)).toBeDefined();

  await context.setOffline(true);
  await tap(worker, 'handed on', 'acknowledge');
  expect((await shownOf(worker, 'handed on'))?.body).toContain('sent to somebody else');
  expect(await keptTaps(page)).toBe(0);
  await tap(worker, payload.tag, 'acknowledge');
  expect((await shownOf(worker, payload.tag))?.body).toMatch(/^Not yet acknowledged/);
  expect((await readAlert(page, alert.id)).status).toBe('active');
  await context.setOffline(false);

  await page.goto('/alerts');
  await expect.poll(async () => (await readAlert(page, alert.id)).status).toBe('acknowledged');
});

test('alerting S100: tapped in the inbox without a connection, it waits in sight and is sent when there is one', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const alert = await fireAlert(page, `${fleet}-three`);
  await page.goto('/alerts');
  const card = page.locator(`[data-alert="${alert.id}"]`);
  const acknowledge = card.getByRole('button', { name: /^Acknowledge/ });
  await expect(acknowledge).toBeVisible();
  await context.setOffline(true);
  await acknowledge.tap();
  await expect(card.getByText('Not yet acknowledged')).toBeVisible();
  await context.setOffline(false);
  await expect.poll(async () => (await readAlert(page, alert.id)).status).toBe('acknowledged');
  await expect(card.getByText('Not yet acknowledged')).toHaveCount(0);

  // A page that a newer build has overtaken keeps its taps too, and says who was first.
  const other = await fireAlert(page, `${fleet}-three-more`);
  const renewed = page.locator(`[data-alert="${other.id}"]`);
  const button = renewed.getByRole('button', { name: /^Acknowledge/ });
  await expect(button).toBeVisible();
  await renewOutbox(page);
  await context.setOffline(true);
  await button.tap();
  await expect(renewed.getByText('Not yet acknowledged')).toBeVisible();
  await expect(page.getByText(/It is sent as soon as there is one/)).toBeVisible();
  expect(await keptTaps(page)).toBe(1);
  await resolveByKey(other.id);
  await context.setOffline(false);
  await expect(page.getByText(/^It was over already: resolved .+ You are noted\.$/)).toBeVisible();
  await expect.poll(() => keptTaps(page)).toBe(0);
});

test('alerting S99: with an expired session a tap leads over the sign-in back to the alert, where one tap acknowledges', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const worker = await workerOf(page);
  const alert = await fireAlert(page, `${fleet}-four`);
  const { text, payload } = await nextPush(alert.id);
  await deliver(page, text);
  await expect.poll(() => shownOf(worker, payload.tag)).toBeDefined();
  // A page of the console would leave for the sign-in page by itself as soon as it hears of the end.
  await page.goto('/sign-in?again=1');
  await context.clearCookies();

  await tap(worker, payload.tag, '');
  await page.waitForURL(({ searchParams }) => searchParams.get('callbackUrl') === `/alerts/${alert.id}`);
  const { admin } = product();
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).tap();
  await page.waitForURL(`**/alerts/${alert.id}`);

  const button = page.getByRole('button', { name: /^Acknowledge/ });
  const box = await button.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  await button.tap();
  await expect(page.locator('header[data-status="acknowledged"]')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});

test('alerting S88: opening an acknowledge link acknowledges nothing; its one tap does, once and without a session', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const alert = await fireAlert(page, `${fleet}-five`);
  const { payload } = await nextPush(alert.id);
  const link = payload.ack ?? '';
  const stranger = await browser.newContext({ baseURL: product().url });
  const other = await stranger.newPage();
  for (const method of ['GET', 'HEAD']) await other.request.fetch(link, { method });
  await other.goto(link);
  await expect(other.getByText(`${fleet}-five does too much`)).toBeVisible();
  expect((await readAlert(page, alert.id)).status).toBe('active');

  await other.getByRole('button', { name: /^Acknowledge as/ }).click();
  await expect(other.getByRole('status')).toContainText('Acknowledged as');
  await expect(other.getByRole('heading', { name: 'Acknowledged', exact: true })).toBeVisible();
  await expect(other.getByRole('listitem')).toContainText('Acknowledged');
  const read = await readAlert(page, alert.id);
  expect(read.events.find(({ kind }) => kind === 'acknowledged')?.via).toBe('link');
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'This link was used already' })).toBeVisible();
  await stranger.close();
});

/** A browser under test has no push service of its own: it is lent the subscription of ours, and notes that it gave it up. */
const lendSubscription = (page: Page, subscription: PushService['subscription']) =>
  page.addInitScript(({ endpoint, p256dh, auth }) => {
    const lent = {
      options: { applicationServerKey: null },
      toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
      async unsubscribe() {
        sessionStorage.setItem('unsubscribed', 'yes');
        return true;
      },
    } as unknown as PushSubscription;
    PushManager.prototype.getSubscription = async () => lent;
    PushManager.prototype.subscribe = async () => lent;
  }, subscription);

/** Lets somebody else join the team; their session, for a browser that they share. */
async function joinAs(page: Page, browser: Browser, name: string) {
  const email = `${name.toLowerCase()}@example.test`;
  const { path } = await rest<{ path: string }>(page, 'POST', '/invitations', { email, role: 'developer' });
  const context = await browser.newContext({ baseURL: product().url });
  const door = await context.newPage();
  await door.goto(path);
  await door.getByLabel('Name').fill(name);
  await door.getByLabel('Password').fill('a long enough password');
  await door.getByRole('button', { name: 'Join the team' }).click();
  await door.waitForURL(/\/overview/);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** Lets a tap of whoever is signed in stand in the outbox that was made two days ago. */
const keepOldTap = (page: Page, title: string) =>
  page.evaluate(
    (words) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('pitwall');
        opening.onsuccess = () => {
          const work = opening.result.transaction(['person', 'taps'], 'readwrite');
          const person = work.objectStore('person').get('person');
          person.onsuccess = () =>
            work.objectStore('taps').put({
              ...{ personId: person.result, alertId: crypto.randomUUID(), via: 'web' },
              ...{ title: words, at: Date.now() - 2 * 86_400_000 },
            });
          work.oncomplete = () => resolve(opening.result.close());
          work.onabort = () => reject(work.error);
        };
      }),
    title,
  );

test('alerting S100: without a connection a page names what its person has not yet acknowledged, on a shared phone nobody else; each tap is sent as whoever made it', async ({
  page,
  context,
  browser,
}) => {
  test.setTimeout(180_000);
  await workerOf(page);
  const grace = freshName('Grace');
  const session = await joinAs(page, browser, grace);
  const [hers, own] = [await fireAlert(page, `${fleet}-hers`), await fireAlert(page, `${fleet}-own`)];
  const acknowledgeOf = ({ id }: { id: string }) =>
    page.locator(`[data-alert="${id}"]`).getByRole('button', { name: /^Acknowledge/ });
  const waitingOf = ({ id }: { id: string }) =>
    page.locator(`[data-alert="${id}"]`).getByText('Not yet acknowledged');
  const tapOffline = async (alert: { id: string }) => {
    await page.goto('/alerts');
    await expect(acknowledgeOf(alert)).toBeVisible();
    await context.setOffline(true);
    await acknowledgeOf(alert).tap();
    await expect(waitingOf(alert)).toBeVisible();
    await page.goto('/overview');
    await expect(page.getByRole('heading', { name: 'No connection to Pitwall' })).toBeVisible();
  };

  await context.addCookies(session);
  await tapOffline(hers);
  await expect(page.getByRole('listitem')).toHaveText([`${fleet}-hers does too much`]);
  await signIn(page);
  await context.setOffline(false);
  await page.goto('/alerts');
  await expect(acknowledgeOf(hers)).toBeVisible();
  await expect(waitingOf(hers)).toHaveCount(0);

  await tapOffline(own);
  await expect(page.getByRole('listitem')).toHaveText([`${fleet}-own does too much`]);
  await expect(page.getByText('sent as soon as there is a connection')).toBeVisible();
  await expect(page.getByText('What somebody else has tapped here is kept')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await context.setOffline(false);
  await page.getByRole('link', { name: 'Try again' }).tap();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');
  await expect.poll(async () => (await readAlert(page, own.id)).status).toBe('acknowledged');
  expect((await readAlert(page, hers.id)).status).toBe('active');

  await context.addCookies(session);
  await page.goto('/overview');
  await expect.poll(async () => (await readAlert(page, hers.id)).acknowledged?.by).toBe(grace);
  await keepOldTap(page, 'a tap of the day before yesterday');
  await page.reload();
  const told = page.getByText(/^Not acknowledged: your tap on a tap of the day before yesterday/);
  await expect(told).toBeVisible();
  await page.reload();
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');
  await expect(told).toHaveCount(0);

  await lendSubscription(page, {
    ...service.subscription,
    endpoint: `${service.subscription.endpoint}/hers`,
  });
  await page.reload();
  await expect.poll(() => page.evaluate(() => localStorage.getItem('pitwall-device'))).not.toBeNull();
  const worker = await workerOf(page);
  await deliver(page, JSON.stringify({ title: 'hers', tag: 'hers', status: 'firing', alertId: null }));
  await expect.poll(() => shownOf(worker, 'hers')).toBeDefined();
  await page.getByRole('button', { name: `Account of ${grace}` }).tap();
  await page.getByRole('menuitem', { name: 'Sign out' }).tap();
  await page.waitForURL(/\/sign-in/);
  expect(await page.evaluate(() => localStorage.getItem('pitwall-device'))).toBeNull();
  expect(await page.evaluate(() => sessionStorage.getItem('unsubscribed'))).toBe('yes');
  expect(await shownOf(worker, 'hers')).toBeUndefined();
  await signIn(page);
});
