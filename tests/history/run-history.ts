import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type Stack, startStack } from '#tests/bench/stack.ts';
import { type ActorPlan, act, type Deeds, TOLD_WITHIN_MS } from './actor.ts';
import { AgentFeed, FED_RULE } from './agent-feed.ts';
import { Chance } from './chance.ts';
import { checkHistory } from './check-history.ts';
import { openDoors, openFedDoors } from './doors.ts';
import type { History, StoredAlert, Verdict } from './history.ts';
import { Mailbox } from './mailbox.ts';
import { killBy, planKills } from './nemesis.ts';
import { AlertingSetUp } from './set-up.ts';
import { untilAnswered } from './until-answered.ts';

export interface HistoryOptions {
  /** How long alerts fire and processes are killed; messages are waited for afterwards. */
  seconds: number;
  seed: number;
  actors: number;
  onProgress?: (line: string) => void;
}

/** Limits that neither actors nor retries run into. */
const SETTINGS = {
  RATE_LIMIT_ALERTS_PER_MINUTE: '1000000',
  RATE_LIMIT_ACKNOWLEDGE_PER_MINUTE: '1000000',
  ...{ LOG_LEVEL: 'info' },
};
/** Two of the worker's longest waits: after this no page of an alert that somebody has is on its way. */
const CYCLE_MS = 2000;
const STEP_MS = 50_000;
/** Every so many actors, one's pages go to a person, who gets one message a minute at most. */
const PERSON_EVERY = 10;
/** Every so many actors, one is an agent whose telemetry a rule watches; the others send alerts themselves. */
const FED_EVERY = 4;
const QUIET_MS = 2500;

/** One route for all actors: told in a moment, paged by a policy. Some actors page a person each. */
async function setUpRoutes(
  setUp: AlertingSetUp,
  mailbox: Mailbox,
  plans: readonly ActorPlan[],
  people: boolean,
) {
  const channelIds = [await setUp.channel(await mailbox.open('channel'))];
  const timers = { groupBy: ['alertname', 'agent'], groupWaitMs: 500, groupIntervalMs: 1000 };
  const pager = { kind: 'channel' as const, id: await setUp.channel(await mailbox.open('pager')) };
  await setUp.route({ ...timers, position: 100, channelIds, escalationPolicyId: await setUp.policy(pager) });
  const paged = people ? plans.filter((_, i) => i % PERSON_EVERY === PERSON_EVERY - 1) : [];
  for (const { key, fed } of paged) {
    const user = { kind: 'user' as const, id: await setUp.person(await mailbox.open('pager')) };
    const matchers = [{ name: fed ? 'agent' : 'alertname', operator: '=' as const, value: key }];
    await setUp.route({ ...timers, matchers, channelIds, escalationPolicyId: await setUp.policy(user) });
  }
}

async function readStored({ db, teamId }: AlertingSetUp): Promise<StoredAlert[]> {
  return db.execute<StoredAlert & Record<string, unknown>>(sql`
    select id as "alertId", coalesce(labels ->> 'agent', labels ->> 'alertname') as key, status from alerts
    where team_id = ${teamId}::uuid and source in ('integration', 'rule') order by starts_at, id`);
}

/** Whether everything that is to be sent was: nothing waits in the outbox and no group has something to tell. */
async function isCalm({ db }: AlertingSetUp): Promise<boolean> {
  const [row] = await db.execute<{ waiting: number }>(sql`
    select (select count(*) from notifications where status in ('queued', 'sending')
        and not (purpose = 'page' and next_attempt_at > alert_now() + interval '5 seconds'))::int
      + (select count(*) from alert_group_members m join alerts a on a.id = m.alert_id
        where a.status = 'resolved')::int as waiting`);
  return row?.waiting === 0;
}

async function settle(setUp: AlertingSetUp, mailbox: Mailbox): Promise<void> {
  const giveUpAt = Date.now() + TOLD_WITHIN_MS;
  for (let calmSince = Date.now(), seen = -1; Date.now() < giveUpAt; await wait(250)) {
    if (mailbox.messages.length !== seen || !(await isCalm(setUp).catch(() => false))) {
      calmSince = Date.now();
      seen = mailbox.messages.length;
    }
    if (Date.now() - calmSince > QUIET_MS) return;
  }
}

function plansOf({ seed, actors }: HistoryOptions): ActorPlan[] {
  return Array.from({ length: actors }, (_, i) => {
    const fed = i % FED_EVERY === 1;
    return {
      key: `${fed ? 'agent' : 'actor'}-${String(i).padStart(3, '0')}`,
      patient: fed || i % 3 !== 2,
      fed,
      chance: new Chance(seed, i + 1),
    };
  });
}

/** Agents that send what is well, and the rule that watches them. */
async function startFeed(
  stack: Stack,
  setUp: AlertingSetUp,
  plans: readonly ActorPlan[],
): Promise<AgentFeed> {
  await setUp.withoutStarterPack();
  await untilAnswered(`${stack.url}/api/v1/alert-rules`, { 'x-api-key': stack.apiKey }, FED_RULE);
  const agents = plans.filter(({ fed }) => fed).map(({ key }) => key);
  const feed = new AgentFeed(stack.otlpHttpUrl, stack.apiKey, agents);
  await feed.start();
  return feed;
}

/** Everything that the seed decides: actors and kills, until the time is over and each actor has ended. */
async function play(
  stack: Stack,
  setUp: AlertingSetUp,
  mailbox: Mailbox,
  feed: AgentFeed,
  { seconds, seed }: HistoryOptions,
  plans: readonly ActorPlan[],
) {
  const doors = openDoors(stack.url, (await setUp.sender()).secret, stack.apiKey);
  const fedDoors = openFedDoors(stack.url, feed, stack.apiKey);
  const deeds: Deeds = { caused: [], acknowledged: [] };
  const stop = AbortSignal.timeout(seconds * 1000);
  const acting = plans.map((plan) => act(plan, plan.fed ? fedDoors : doors, mailbox, deeds, stop));
  const [kills] = await Promise.all([killBy(planKills(new Chance(seed, 0), seconds), stack), ...acting]);
  return { ...deeds, kills };
}

async function record(
  stack: Stack,
  setUp: AlertingSetUp,
  mailbox: Mailbox,
  options: HistoryOptions,
): Promise<History> {
  const { seconds, onProgress = () => {} } = options;
  const plans = plansOf(options);
  await setUpRoutes(setUp, mailbox, plans, seconds >= 60);
  const feed = await startFeed(stack, setUp, plans);
  try {
    const deeds = await play(stack, setUp, mailbox, feed, options, plans);
    const counts = `${deeds.caused.length} alerts, ${mailbox.messages.length} messages`;
    onProgress(`${counts}; waiting for what is on its way`);
    await settle(setUp, mailbox);
    const stored = await readStored(setUp);
    const messages = mailbox.messages.toSorted((a, b) => a.atMs - b.atMs);
    return { ...deeds, stored, messages, watchedUntilMs: Date.now() };
  } finally {
    await feed.stop();
  }
}

/** Starts a product, lets a seeded schedule run against it and judges what its receivers were told. */
export async function runHistory(options: HistoryOptions): Promise<{ verdict: Verdict; history: History }> {
  const stack = await startStack(null, SETTINGS);
  const mailbox = new Mailbox();
  try {
    const secrets = JSON.parse(readFileSync(join(stack.dataDir, 'secrets.json'), 'utf8')) as {
      secretKey: string;
    };
    const setUp = await AlertingSetUp.open(stack.setting('DATABASE_OWNER_URL'), secrets.secretKey);
    try {
      const history = await record(stack, setUp, mailbox, options);
      const bounds = { toldWithinMs: TOLD_WITHIN_MS, cycleMs: CYCLE_MS, stepMs: STEP_MS };
      return { verdict: checkHistory(history, bounds), history };
    } finally {
      await setUp.close();
    }
  } finally {
    await stack.stop();
    await mailbox.close();
  }
}
