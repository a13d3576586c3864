import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AlertingSetUp } from '#tests/history/set-up.ts';
import { AlertFeed, METRIC, type Probe } from './alert-feed.ts';
import { DEFAULTS, type PeerPace, type PeerRule, startAlertPeers, TUNED } from './alert-peers.ts';
import { type Watch, watchEvents, watchWebhook } from './alert-watch.ts';
import { cpuSeconds, type Goal, type Line, quantile, type RunOptions, round } from './harness.ts';
import { type Stack, startStack } from './stack.ts';

const AGENTS = 1000;
const PROBES = 100;
const PROBE_RULE: PeerRule = { name: 'BenchProbe', above: 100 };
const BREACH = 200;
/** All agents are above it where there are 10,000 instances. */
const RAISED = 50;
const NEVER = 1e9;
/** Until defaults have scraped, evaluated and waited for their group. */
const DEFAULTS_MS = 170_000;
const OWN_MS = 5000;

interface Setting {
  rules: number;
  /** Rules that every agent breaks: 1,000 instances each. */
  broken: number;
  peers: PeerPace[];
}
const settings: Setting[] = [
  { rules: 1, broken: 0, peers: [TUNED, DEFAULTS] },
  { rules: 100, broken: 0, peers: [TUNED] },
  { rules: 1000, broken: 0, peers: [TUNED] },
  { rules: 11, broken: 10, peers: [TUNED] },
];

function rulesOf({ rules, broken }: Setting): PeerRule[] {
  const others = Array.from({ length: rules - 1 }, (_, i) => ({
    name: `Bench${i < broken ? 'Broken' : 'Quiet'}${i}`,
    above: i < broken ? i : NEVER + i,
  }));
  return [PROBE_RULE, ...others];
}

/** A file of rules as the console takes it in: `for: 0`, one instance an agent. */
function ruleFile(rules: readonly PeerRule[]): string {
  return JSON.stringify({
    rules: rules.map(({ name, above }) => ({
      name,
      definition: {
        ...{ type: 'threshold', source: { metric: METRIC, measure: 'last' }, groupBy: 'agent' },
        ...{ operator: '>', levels: { critical: above }, title: '{{ agent }}', noData: 'keep-last' },
      },
    })),
  });
}

async function postRules(stack: Stack, rules: readonly PeerRule[]): Promise<void> {
  const response = await fetch(`${stack.url}/api/v1/alert-rules/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': stack.apiKey },
    body: JSON.stringify({ yaml: ruleFile(rules) }),
  });
  if (!response.ok) throw new Error(`the rules were answered ${response.status}: ${await response.text()}`);
}

/** Lets agents break the rule one after the other, at moments that keep step with nothing. */
async function breach(
  feed: AlertFeed,
  seconds: number,
  tell: (index: number) => Promise<void>,
): Promise<Probe[]> {
  const probes: Probe[] = [];
  const spacing = (seconds * 1000) / PROBES;
  for (let i = 0; i < PROBES; i++) {
    await wait(spacing * (0.5 + Math.random()));
    // Spread over all batches of the background.
    const index = Math.floor((i * AGENTS) / PROBES);
    probes.push(feed.set(index, BREACH));
    await tell(index);
  }
  return probes;
}

async function untilSeen(watch: Watch, probes: readonly Probe[], withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (performance.now() < until && !probes.every(({ agent }) => watch.seen.has(agent))) await wait(100);
}

function delays(watch: Watch, probes: readonly Probe[], since: (probe: Probe) => number | undefined) {
  const found = probes.flatMap((probe) => {
    const [at, from] = [watch.seen.get(probe.agent), since(probe)];
    return at === undefined || from === undefined ? [] : at - from;
  });
  const [p50, p99] = [round(quantile(found, 0.5)), round(quantile(found, 0.99))];
  return { samples: found.length, missing: probes.length - found.length, p50_ms: p50, p99_ms: p99 };
}

const fromChange = ({ changedAt }: Probe) => changedAt;

/** Waits until all agents that break rules are alerts. */
async function untilRaised(setUp: AlertingSetUp, wanted: number): Promise<void> {
  const until = performance.now() + 180_000;
  for (let count = -1; count < wanted && performance.now() < until; await wait(1000)) {
    const [row] = await setUp.db.execute<{ n: number }>(
      `select count(*)::int as n from alerts where status <> 'resolved' and labels ->> 'alertname' like 'BenchBroken%'`,
    );
    count = row?.n ?? 0;
  }
}

async function measureOwn(
  stack: Stack,
  setUp: AlertingSetUp,
  feed: AlertFeed,
  one: Setting,
  seconds: number,
) {
  const [events, hook] = [await watchEvents(stack), await watchWebhook()];
  const channelIds = [await setUp.channel(hook.url)];
  await setUp.route({
    ...{ matchers: [{ name: 'alertname', operator: '=' as const, value: PROBE_RULE.name }], channelIds },
    ...{ groupBy: ['alertname', 'agent'], groupWaitMs: 0, groupIntervalMs: 1000 },
  });
  const problems: unknown[] = [];
  const stop = feed.start(stack, (error) => problems.push(error));
  try {
    await wait(3000);
    await postRules(stack, rulesOf(one));
    await wait(10_000);
    if (one.broken > 0) await untilRaised(setUp, one.broken * AGENTS);
    const before = cpuSeconds(stack.pids('worker'));
    const beganAt = performance.now();
    const probes = await breach(feed, seconds, (index) => feed.send(stack, index, 1));
    const cpu = (cpuSeconds(stack.pids('worker')) - before) / ((performance.now() - beganAt) / 1000);
    await untilSeen(hook, probes, OWN_MS);
    return {
      browser: delays(events, probes, fromChange),
      webhook: delays(hook, probes, fromChange),
      worker_cpu_percent: round(cpu * 100),
      ...(problems.length > 0 && { feed_errors: problems.length }),
    };
  } finally {
    stop();
    await Promise.all([events.close(), hook.close()]);
  }
}

async function measurePeer(
  feed: AlertFeed,
  feedPort: number,
  pace: PeerPace,
  one: Setting,
  { scratch, seconds }: { scratch: string; seconds: number },
) {
  const hook = await watchWebhook();
  const where = { feedPort, hookUrl: hook.url, probeRule: PROBE_RULE.name };
  const running = await startAlertPeers(scratch, pace, rulesOf(one), where).catch(() => null);
  try {
    if (running === null) return 'missing';
    await wait(pace === DEFAULTS ? 1000 : 10_000);
    const probes = await breach(feed, seconds, async () => {});
    await untilSeen(hook, probes, pace === DEFAULTS ? DEFAULTS_MS : 2 * OWN_MS);
    return {
      webhook: delays(hook, probes, fromChange),
      webhook_from_scrape: delays(hook, probes, ({ agent }) => feed.scrapedAt(pace.name, agent)),
    };
  } finally {
    await running?.stop();
    await hook.close();
  }
}

const ratio = (peer: Awaited<ReturnType<typeof measurePeer>>, own: { p50_ms: number }) =>
  peer === 'missing' ? 'missing' : round(peer.webhook.p50_ms / own.p50_ms);

/** A product of its own for each setting, so that none finds the alerts of the last. */
async function measure(one: Setting, options: RunOptions): Promise<Line> {
  const seconds = Math.max(10, options.seconds * 5);
  const feed = new AlertFeed(AGENTS);
  const feedPort = await feed.listen();
  const rest = one.broken > 0 ? RAISED : 0;
  try {
    feed.setAll(rest, PROBE_RULE.above);
    const own = await withProduct((stack, setUp) => measureOwn(stack, setUp, feed, one, seconds));
    const line: Line = {
      bench: 'performance P5',
      case: `${one.rules} rules x ${AGENTS} agents, for: 0, ${one.broken * AGENTS} alert instances beside, one scrape or report a second`,
      pitwall: own,
    };
    for (const pace of one.peers) {
      feed.setAll(rest, PROBE_RULE.above);
      const peer = await measurePeer(feed, feedPort, pace, one, { scratch: options.scratch, seconds });
      line[`prometheus_alertmanager_${pace.name}`] = peer;
      line[`ratio_${pace.name}`] = ratio(peer, own.webhook);
    }
    return line;
  } finally {
    await feed.close();
  }
}

async function withProduct<T>(work: (stack: Stack, setUp: AlertingSetUp) => Promise<T>): Promise<T> {
  const stack = await startStack(null);
  try {
    const secrets = JSON.parse(readFileSync(join(stack.dataDir, 'secrets.json'), 'utf8')) as {
      secretKey: string;
    };
    const setUp = await AlertingSetUp.open(stack.setting('DATABASE_OWNER_URL'), secrets.secretKey);
    try {
      return await work(stack, setUp);
    } finally {
      await setUp.close();
    }
  } finally {
    await stack.stop();
  }
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  for (const one of settings) yield await measure(one, options);
}

export const alertDelay: Goal = {
  id: 'P5',
  title: 'From the breach of a rule to the browser and to a delivered webhook',
  method:
    'One gauge of 1,000 agents, reported each second; 100 of them break a rule with for: 0 one after the other, at moments that keep step with nothing. ' +
    'Pitwall gets it over OTLP/HTTP (the breaking value at once), group_wait 0; taken at a Socket.IO client of the team and at a local webhook. Peers: ' +
    "Debian's Prometheus and Alertmanager with the same rules on the same series, once at 1 s scrape and evaluation with group_wait 0 and, with one rule, " +
    'at their defaults (1 m, 1 m, 30 s; grouped by agent), counted from the change of the value and from the scrape that first saw it. At 10,000 instances ten rules are broken by all agents beforehand.',
  run,
};
