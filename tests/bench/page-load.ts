import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, chromium, type Page } from '@playwright/test';
import { type Goal, type Line, median, type RunOptions, round } from './harness.ts';
import { postLoad } from './load/generator.ts';
import { type Peer, startNetdata } from './peers.ts';
import { type Stack, startStack } from './stack.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Vitals {
  lcpMs: number;
  totalBlockingMs: number;
  layoutShift: number;
  longestTaskMs: number;
}

/** Installed before any script of the page: collects paint, long tasks and layout shifts. */
function observe(): void {
  const vitals = { lcpMs: 0, totalBlockingMs: 0, layoutShift: 0, longestTaskMs: 0 };
  Object.assign(window, { vitals });
  const on = (type: string, take: (entry: PerformanceEntry) => void) => {
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  };
  on('largest-contentful-paint', (entry) => {
    vitals.lcpMs = entry.startTime;
  });
  on('longtask', (entry) => {
    vitals.totalBlockingMs += Math.max(0, entry.duration - 50);
    vitals.longestTaskMs = Math.max(vitals.longestTaskMs, entry.duration);
  });
  on('layout-shift', (entry) => {
    const shift = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!shift.hadRecentInput) vitals.layoutShift += shift.value;
  });
}

const readVitals = (page: Page): Promise<Vitals> =>
  page.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);

interface Load extends Vitals {
  scriptKilobytes: number;
  requests: number;
}

/** Opens a page with an empty cache and lets it run for `settleMs`. */
async function open(
  browser: Browser,
  url: string,
  settleMs: number,
  signIn?: (page: Page) => Promise<void>,
): Promise<{ load: Load; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn?.(page);
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  let scriptBytes = 0;
  let requests = 0;
  const scripts = new Set<string>();
  session.on('Network.responseReceived', (event) => {
    requests++;
    if (event.type === 'Script') scripts.add(event.requestId);
  });
  session.on('Network.loadingFinished', (event) => {
    if (scripts.has(event.requestId)) scriptBytes += event.encodedDataLength;
  });
  await page.addInitScript(observe);
  await page.goto(url, { waitUntil: 'load' });
  await wait(settleMs);
  return { load: { ...(await readVitals(page)), scriptKilobytes: scriptBytes / 1000, requests }, page };
}

async function signIn(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel('Email').fill(stack.admin.email);
  await page.getByLabel('Password').fill(stack.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
}

/** Longest time from an input to the next frame, as the Event Timing API reports it, while the page is live. */
async function slowestInteraction(page: Page): Promise<number> {
  await page.evaluate(() => {
    Object.assign(window, { slowest: 0 });
    new PerformanceObserver((list) => {
      const state = window as unknown as { slowest: number };
      for (const entry of list.getEntries()) state.slowest = Math.max(state.slowest, entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press('Tab');
    await page.mouse.move(300 + i * 60, 420);
    await page.mouse.click(700, 40);
    await wait(250);
  }
  return page.evaluate(() => (window as unknown as { slowest: number }).slowest);
}

const summarise = (loads: readonly Load[]) => ({
  lcp_ms: round(median(loads.map((load) => load.lcpMs))),
  total_blocking_ms: round(median(loads.map((load) => load.totalBlockingMs))),
  layout_shift: round(median(loads.map((load) => load.layoutShift))),
  longest_task_ms: round(median(loads.map((load) => load.longestTaskMs))),
  script_kb: round(median(loads.map((load) => load.scriptKilobytes))),
  requests: median(loads.map((load) => load.requests)),
});

async function repeat(
  browser: Browser,
  url: string,
  times: number,
  signingIn?: (page: Page) => Promise<void>,
): Promise<Load[]> {
  const loads: Load[] = [];
  for (let i = 0; i < times; i++) {
    const { load, page } = await open(browser, url, 4000, signingIn);
    loads.push(load);
    await page.context().close();
  }
  return loads;
}

async function ownPages(browser: Browser, stack: Stack, options: RunOptions): Promise<Line[]> {
  const lines: Line[] = [];
  for (const path of ['/overview', '/agents']) {
    const loads = await repeat(browser, `${stack.url}${path}`, options.repetitions, (page) =>
      signIn(page, stack),
    );
    const { page } = await open(browser, `${stack.url}${path}`, 3000, (one) => signIn(one, stack));
    const inputMs = await slowestInteraction(page);
    await page.context().close();
    lines.push({
      bench: 'performance P6',
      case: `${path} with 1,000 live agents, empty cache`,
      ...summarise(loads),
      slowest_input_ms: round(inputMs),
    });
  }
  return lines;
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const stack = await startStack(null);
  const peer: Peer | null = await startNetdata(options.scratch).catch(() => null);
  try {
    const netdata =
      peer === null ? 'missing' : summarise(await repeat(browser, peer.url, options.repetitions));
    await peer?.stop();
    const seconds = 30 + options.repetitions * 20;
    const sending = postLoad({
      url: stack.otlpHttpUrl,
      key: stack.apiKey,
      format: 'otlp-traces',
      agents: 1000,
      agentsPerRequest: 50,
      seconds,
      rate: 4,
    });
    await wait(5000);
    for (const line of await ownPages(browser, stack, options)) yield { ...line, netdata };
    await sending;
  } finally {
    await browser.close();
    await stack.stop();
  }
}

export const pageLoad: Goal = {
  id: 'P6',
  title: 'Page load and interaction with a live fleet',
  method:
    'Opens the overview and the list of agents in headless Chromium with an empty cache while 1,000 agents report 200 runs a second, and reads paint, blocking, ' +
    'layout shift, script bytes on the wire and the slowest input. Server, load and browser share both cores. Peer: the dashboard of Netdata.',
  run,
};
