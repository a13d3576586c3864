import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPageServer } from '#lib/testing/page-server.ts';
import type { Answer, Receiver } from '#lib/testing/receiver.ts';

const SOURCE = readFileSync(new URL('../../public/sw.js', import.meta.url), 'utf8');

let server: Receiver;
beforeEach(async () => {
  server = await startPageServer();
});
afterEach(() => server.close());

interface WorkerEvent {
  action?: string;
  notification?: { data: object; close(): void };
  data?: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}

/** Hands the worker an event, in a browser that keeps nothing; what its notifications say after it. */
async function after(type: string, event: Omit<WorkerEvent, 'waitUntil'>): Promise<string[]> {
  const listeners = new Map<string, (event: WorkerEvent) => void>();
  const shown: string[] = [];
  const self = {
    location: new URL(server.url),
    addEventListener: (name: string, listener: (event: WorkerEvent) => void) => listeners.set(name, listener),
    registration: {
      showNotification: async (_title: string, { body }: { body: string }) => void shown.push(body),
    },
    clients: { matchAll: async () => [], openWindow: async () => undefined },
  };
  const { fetch, setTimeout, clearTimeout } = globalThis;
  const given = { self, importScripts: () => {}, fetch, setTimeout, clearTimeout, URL, AbortSignal };
  runInContext(SOURCE, createContext(given));
  let work: Promise<unknown> = Promise.resolve();
  listeners.get(type)?.({
    ...event,
    waitUntil: (promise) => {
      work = promise;
    },
  });
  // What waits cannot be asked for here; the notification stands before that.
  await work.catch(() => {});
  return shown;
}

/** What a notification says after its button was tapped. */
async function wordsAfterTap(): Promise<string | undefined> {
  const data = { alertId: 'a', personId: 'ada', title: 'planner fails', tag: 'a', url: '/alerts/a' };
  const notification = { data, close: () => {} };
  return (await after('notificationclick', { action: 'acknowledge', notification })).at(-1);
}

const answer = (body: object): Answer => ({ status: 200, body: JSON.stringify(body) });
const settled = (by: string | null) => ({ by, at: Date.UTC(2026, 10, 29, 3) });

test.each<[Answer | 'reset', RegExp]>([
  [answer({ status: 'acknowledged', settled: null }), /^Acknowledged\.$/],
  [
    answer({ status: 'acknowledged', settled: settled('Grace') }),
    /^Grace acknowledged it first, at \d\d:\d\d.*\. You are noted\.$/,
  ],
  [answer({ status: 'acknowledged', settled: settled(null) }), /^Somebody acknowledged it first, at /],
  [
    answer({ status: 'resolved', settled: settled('Grace') }),
    /^It was over already: resolved by Grace at \d\d:\d\d.*\. You are noted\.$/,
  ],
  [answer({ status: 'resolved', settled: settled(null) }), /^It was over already: resolved at \d\d:\d\d/],
  [{ status: 401 }, /^Not acknowledged: your session has ended\. Tap to sign in/],
  [{ status: 409 }, /^Not acknowledged: this was sent to somebody else than who is signed in here\./],
  [{ status: 403 }, /^Not acknowledged: the server refused it\./],
  [{ status: 503 }, /^Not acknowledged: no connection, and this device could not keep it\./],
  ['reset', /^Not acknowledged: no connection, and this device could not keep it\./],
])('alerting S73, S100: a tap on a notification that is answered %j is told so', async (said, words) => {
  server.answer(said);
  expect(await wordsAfterTap()).toMatch(words);
  const [sent] = server.received;
  expect(JSON.parse(sent?.body ?? '')).toEqual({ via: 'push', tappedBy: 'ada' });
});

const unreadable = 'Something happened that could not be read here. Tap to open the inbox.';
test.each<[string, WorkerEvent['data'], string]>([
  ['of an alert', { json: () => ({ title: 't', body: 'fires', status: 'firing', alertId: 'a' }) }, 'fires'],
  ['of an end', { json: () => ({ title: 't', body: 'over', status: 'resolved', alertId: 'a' }) }, 'over'],
  ['of many', { json: () => ({ title: 't', body: 'many', status: 'firing', alertId: null }) }, 'many'],
  ['without words', { json: () => ({ title: 't' }) }, ''],
  ['of a later build', { json: () => ({ v: 9, words: ['t'] }) }, unreadable],
  ['that is no JSON', { json: () => JSON.parse('{') }, unreadable],
  ['that is empty', null, unreadable],
])('alerting S96: a push %s is shown, once', async (_, data, words) => {
  expect(await after('push', { data })).toEqual([words]);
});
