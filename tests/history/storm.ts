import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startReceiver } from '#lib/testing/receiver.ts';
import { quantile, round } from '#tests/bench/harness.ts';
import { type Stack, startStack } from '#tests/bench/stack.ts';
import { type InboxReader, openInbox } from './inbox-page.ts';
import { AlertingSetUp } from './set-up.ts';

export interface StormOptions {
  instances: number;
  seconds: number;
  /** Alert names: one group each. */
  groups: number;
  groupWaitMs: number;
  /** How long messages are counted after the last request. */
  afterMs: number;
}

interface Times {
  p50Ms: number;
  p95Ms: number;
  maxMs: number;
}

export interface Storm {
  stored: number;
  /** From the first request until the channel, and the person's telephone, got the first message. */
  firstToldMs: number;
  firstPagedMs: number;
  channelMessages: number;
  pages: number;
  /** Alerts that the pages counted. */
  pagesSpeakOf: number;
  post: Times;
  /** The inbox over REST while it storms. */
  list: Times;
  /** Loads of the inbox in a browser while it storms, milliseconds until an alert is shown; null without a browser. */
  page: Times | null;
  acknowledged: number;
  acknowledge: Times;
}

const BATCH = 250;

const timesOf = (ms: readonly number[]): Times => ({
  p50Ms: round(quantile(ms, 0.5)),
  p95Ms: round(quantile(ms, 0.95)),
  maxMs: round(Math.max(...ms)),
});

/** Sends a request that must succeed and notes how long it took. */
async function timed(into: number[], url: string, init: RequestInit): Promise<unknown> {
  const began = performance.now();
  const response = await fetch(url, init);
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} was answered ${response.status}: ${body.slice(0, 300)}`);
  into.push(performance.now() - began);
  return body === '' ? null : JSON.parse(body);
}

function batchOf(from: number, groups: number): object[] {
  return Array.from({ length: BATCH }, (_, i) => ({
    labels: { alertname: `Storm${(from + i) % groups}`, severity: 'critical', instance: `i${from + i}` },
    annotations: { summary: `instance ${from + i} fails` },
  }));
}

/** Somebody who reads the inbox again and again and takes the first alert each time. */
async function onCallPerson(stack: Stack, stop: AbortSignal) {
  const headers = { 'x-api-key': stack.apiKey, 'content-type': 'application/json' };
  const [list, acknowledge]: [number[], number[]] = [[], []];
  while (!stop.aborted) {
    const page = (await timed(list, `${stack.url}/api/v1/alerts?status=active&limit=50`, { headers })) as {
      items: { id: string }[];
    };
    const [first] = page.items;
    if (first)
      await timed(acknowledge, `${stack.url}/api/v1/alerts/${first.id}/acknowledge`, {
        ...{ method: 'POST', headers, body: '{}' },
      });
    await wait(500);
  }
  return { list, acknowledge };
}

/** Somebody who opens the inbox in a browser again and again. */
async function lookAtPage(inbox: InboxReader | null, stop: AbortSignal): Promise<Times | null> {
  if (inbox === null) return null;
  const loads: number[] = [];
  await wait(2000);
  while (!stop.aborted) {
    loads.push(await inbox.load('fails'));
    await wait(1000);
  }
  return timesOf(loads);
}

async function run(stack: Stack, setUp: AlertingSetUp, options: StormOptions): Promise<Storm> {
  const { instances, seconds, groups, groupWaitMs, afterMs } = options;
  const [channel, phone] = [await startReceiver(), await startReceiver()];
  const inbox = await openInbox(stack);
  try {
    const channelIds = [await setUp.channel(channel.url)];
    const escalationPolicyId = await setUp.policy({ kind: 'user', id: await setUp.person(phone.url) });
    await setUp.route({ channelIds, escalationPolicyId, groupBy: ['alertname'], groupWaitMs });
    const headers = {
      ...{ authorization: `Bearer ${(await setUp.sender()).secret}`, 'content-type': 'application/json' },
    };
    const [beganAt, began] = [Date.now(), performance.now()];
    const stop = AbortSignal.timeout(seconds * 1000 + 5000);
    const reading = onCallPerson(stack, stop);
    const looking = lookAtPage(inbox, stop);
    const [post, sent]: [number[], Promise<unknown>[]] = [[], []];
    for (let from = 0; from < instances; from += BATCH) {
      await wait(Math.max(0, (from / instances) * seconds * 1000 - (performance.now() - began)));
      const init = { method: 'POST', headers, body: JSON.stringify(batchOf(from, groups)) };
      sent.push(timed(post, `${stack.url}/api/v2/alerts`, init));
    }
    await Promise.all(sent);
    const [{ list, acknowledge }, page] = await Promise.all([reading, looking]);
    await wait(afterMs);
    const [row] = await setUp.db.execute<{ n: number }>('select count(*)::int as n from alerts');
    const counted = phone.received.map(
      ({ body }) => (JSON.parse(body) as { data: { alertCount: number } }).data.alertCount,
    );
    return {
      stored: row?.n ?? 0,
      firstToldMs: (channel.received[0]?.atMs ?? Number.POSITIVE_INFINITY) - beganAt,
      firstPagedMs: (phone.received[0]?.atMs ?? Number.POSITIVE_INFINITY) - beganAt,
      ...{ channelMessages: channel.received.length, pages: phone.received.length },
      pagesSpeakOf: counted.reduce((sum, count) => sum + count, 0),
      ...{ post: timesOf(post), list: timesOf(list), page },
      ...{ acknowledged: acknowledge.length, acknowledge: timesOf(acknowledge) },
    };
  } finally {
    await Promise.all([channel.close(), phone.close(), inbox?.close()]);
  }
}

/** Lets a storm of alerts come in through the Alertmanager API of a product of its own. */
export async function storm(options: StormOptions): Promise<Storm> {
  const stack = await startStack(null, { RATE_LIMIT_ALERTS_PER_MINUTE: '100000' });
  try {
    const secrets = JSON.parse(readFileSync(join(stack.dataDir, 'secrets.json'), 'utf8')) as {
      secretKey: string;
    };
    const setUp = await AlertingSetUp.open(stack.setting('DATABASE_OWNER_URL'), secrets.secretKey);
    try {
      return await run(stack, setUp, options);
    } finally {
      await setUp.close();
    }
  } finally {
    await stack.stop();
  }
}
