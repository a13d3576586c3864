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

interface Click {
  action: string;
  notification: { data: object; close(): void };
  waitUntil(work: Promise<unknown>): void;
}

/** What a notification says after its button was tapped, in a browser that keeps nothing. */
async function wordsAfterTap(): Promise<string | undefined> {
  const listeners = new Map<string, (event: Click) => void>();
  const shown: string[] = [];
  const self = {
    location: new URL(server.url),
    addEventListener: (type: string, listener: (event: Click) => void) => listeners.set(type, listener),
    registration: {
      showNotification: async (_title: string, { body }: { body: string }) => void shown.push(body),
    },
    clients: { matchAll: async () => [], openWindow: async () => undefined },
  };
  const { fetch, setTimeout, clearTimeout } = globalThis;
  const given = { self, importScripts: () => {}, fetch, setTimeout, clearTimeout, URL, AbortSignal };
  runInContext(SOURCE, createContext(given));
  const data = { alertId: 'a', personId: 'ada', title: 'planner fails', tag: 'a', url: '/alerts/a' };
  let work: Promise<unknown> = Promise.resolve();
  listeners.get('notificationclick')?.({
    ...{ action: 'acknowledge', notification: { data, close: () => {} } },
    waitUntil: (promise) => {
      work = promise;
    },
  });
  await work;
  return shown.at(-1);
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
