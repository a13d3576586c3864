import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { quantile, round } from '#tests/bench/harness.ts';
import { type Stack, startStack } from '#tests/bench/stack.ts';
import { type InboxReader, type OpenInbox, openInbox } from './inbox-page.ts';
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
  /** From the first request until the last was sent. */
  sentMs: number;
  /** From the first request until the channel, and the person's telephone, got the first message. */
  firstToldMs: number;
  firstPagedMs: number;
  /** From the first request until the channel had heard of every group, and how many it had heard of. */
  allGroupsToldMs: number;
  groupsTold: number;
  channelMessages: number;
  pages: number;
  /** Alerts that the pages counted. */
  pagesSpeakOf: number;
  /** Alerts that nobody has taken and that no page speaks of, sent or waiting for its turn. */
  untold: number;
  post: Times;
  /** The inbox over REST while it storms. */
  list: Times;
  /** Loads of the inbox in a browser while it storms, milliseconds until an alert is shown; null without a browser. */
  page: Times | null;
  /** An inbox that is open all the time; null without a browser. */
  open: OpenPage | null;
  acknowledged: number;
  acknowledge: Times;
}

/** How an open inbox feels while it storms. */
interface OpenPage {
  /** From the first request until it showed an alert by itself. */
  shownMs: number;
  /** A tap on acknowledge, until the page says that the server has taken it. */
  tap: Times;
  taps: number;
  /** How late its event loop came. */
  lag: Times;
}

const BATCH = 250;
/** Pages of the last alerts must at least stand in the outbox so long after the storm. */
const OUTBOX_WITHIN_MS = 60_000;

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

/** Somebody who has the inbox open and takes one alert after the other there. */
async function workOnPage(
  open: OpenInbox | null,
  began: number,
  stop: AbortSignal,
): Promise<OpenPage | null> {
  if (open === null) return null;
  await open.shown();
  const shownMs = round(performance.now() - began);
  const taps: number[] = [];
  while (!stop.aborted) {
    taps.push(await open.take());
    await wait(1500);
  }
  return { shownMs, tap: timesOf(taps), taps: taps.length, lag: timesOf(await open.lags()) };
}

/** Alerts that wait for somebody and that no page speaks of, asked until there are none or it has taken too long. */
async function untoldAlerts(setUp: AlertingSetUp): Promise<number> {
  const end = performance.now() + OUTBOX_WITHIN_MS;
  for (;;) {
    const [row] = await setUp.db.execute<{ n: number }>(`
      with told as (select distinct jsonb_array_elements_text(alert_ids) as id from notifications where purpose = 'page')
      select count(*)::int as n from alerts a left join told on told.id = a.id::text
      where a.status = 'active' and told.id is null`);
    const untold = row?.n ?? 0;
    if (untold === 0 || performance.now() > end) return untold;
    await wait(1000);
  }
}

interface ChannelMessage {
  data: { groupLabels: { alertname?: string } };
}

/** When the channel first heard of each group. */
function groupsHeard(received: Receiver['received']): Map<string, number> {
  const heard = new Map<string, number>();
  for (const { body, atMs } of received) {
    const { alertname = '' } = (JSON.parse(body) as ChannelMessage).data.groupLabels;
    if (!heard.has(alertname)) heard.set(alertname, atMs);
  }
  return heard;
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
    const open = (await inbox?.stay()) ?? null;
    const [beganAt, began] = [Date.now(), performance.now()];
    const stop = AbortSignal.timeout(seconds * 1000 + 5000);
    const reading = onCallPerson(stack, stop);
    const looking = lookAtPage(inbox, stop);
    const working = workOnPage(open, began, stop);
    const [post, sent]: [number[], Promise<unknown>[]] = [[], []];
    for (let from = 0; from < instances; from += BATCH) {
      await wait(Math.max(0, (from / instances) * seconds * 1000 - (performance.now() - began)));
      const init = { method: 'POST', headers, body: JSON.stringify(batchOf(from, groups)) };
      sent.push(timed(post, `${stack.url}/api/v2/alerts`, init));
    }
    const sentMs = round(performance.now() - began);
    await Promise.all(sent);
    const [{ list, acknowledge }, page, opened] = await Promise.all([reading, looking, working]);
    await wait(afterMs);
    const heard = groupsHeard(channel.received);
    const untold = await untoldAlerts(setUp);
    const [row] = await setUp.db.execute<{ n: number }>('select count(*)::int as n from alerts');
    const counted = phone.received.map(
      ({ body }) => (JSON.parse(body) as { data: { alertCount: number } }).data.alertCount,
    );
    return {
      stored: row?.n ?? 0,
      sentMs,
      allGroupsToldMs: Math.max(...heard.values()) - beganAt,
      groupsTold: heard.size,
      untold,
      firstToldMs: (channel.received[0]?.atMs ?? Number.POSITIVE_INFINITY) - beganAt,
      firstPagedMs: (phone.received[0]?.atMs ?? Number.POSITIVE_INFINITY) - beganAt,
      ...{ channelMessages: channel.received.length, pages: phone.received.length },
      pagesSpeakOf: counted.reduce((sum, count) => sum + count, 0),
      ...{ post: timesOf(post), list: timesOf(list), page, open: opened },
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
