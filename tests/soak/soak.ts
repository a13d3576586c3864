/**
 * The soak: 1,000 agents report, 200 viewers watch, one of them in a real browser; is the overview
 * still quick, and does no process grow without bound? `npm run soak` runs it for ten minutes; the
 * journeys run it for 20 seconds.
 */
import { type Browser, chromium } from '@playwright/test';
import { ownBytes } from '#tests/bench/harness.ts';
import { postLoad } from '#tests/bench/load/generator.ts';
import { compileC, type DrainResult, drain } from '#tests/bench/native.ts';
import type { Part, Target } from '#tests/bench/stack.ts';
import { seedViewers, writeTokens } from '#tests/bench/viewers.ts';
import { collectGarbage } from './collect-garbage.ts';

const PARTS: readonly Part[] = ['web', 'realtime', 'ingest', 'worker', 'postgres'];
const AGENTS = 1000;
const VIEWERS = 200;

export interface SoakOptions {
  seconds: number;
  scratch: string;
  browser: Browser;
  /** Told what was measured so far, every ten seconds. */
  onProgress?: (line: string) => void;
}

export interface SoakResult {
  /** Tasks of the overview that blocked its main thread for over 50 ms, in ms, after it had settled. */
  longTasksMs: number[];
  /** Requests a minute as the overview's last reading of the team's total, to see that it was live. */
  deltas: number;
  closedViewers: number;
  spansAccepted: number;
  refused: number;
  /** Megabytes that each part holds, a quarter into the time and at its end; see `heldMb`. */
  heldMb: Record<string, { early: number; late: number }>;
}

/** Growth of a part from a quarter into the time to its end. 1 is none. */
export function growth(held: { early: number; late: number }): number {
  return held.late / held.early;
}

const megabytesOf = (stack: Target, part: Part) => Math.round(ownBytes(stack.pids(part)) / 1e6);

/**
 * Megabytes of its own that each part holds once its garbage is collected. The buffers that PostgreSQL's processes
 * share are left out: their size is fixed when it starts, and they fill up with whatever is read.
 */
async function heldMb(stack: Target): Promise<Record<Part, number>> {
  const held: Partial<Record<Part, number>> = {};
  for (const part of PARTS) {
    const [pid] = stack.pids(part);
    if (part !== 'postgres' && pid !== undefined) await collectGarbage(pid);
    held[part] = megabytesOf(stack, part);
  }
  return held as Record<Part, number>;
}

async function openOverview(stack: Target, browser: Browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel('Email').fill(stack.admin.email);
  await page.getByLabel('Password').fill(stack.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.goto(`${stack.url}/overview`);
  return { context, page };
}

/** Runs the soak against a product that runs already. */
export async function soak(stack: Target, options: SoakOptions): Promise<SoakResult> {
  const binary = compileC('drain', options.scratch);
  if (binary === null) throw new Error('The soak needs a C compiler for its 199 viewers.');
  const viewers = await seedViewers(stack, VIEWERS - 1);
  const seconds = options.seconds + 12;
  const load = postLoad({
    ...{ url: stack.otlpHttpUrl, key: stack.apiKey, format: 'otlp-traces', seconds },
    ...{ agents: AGENTS, agentsPerRequest: 50, rate: 4 },
  });
  const audience: Promise<DrainResult> = drain({
    ...{ binary, port: stack.realtimePort, connections: VIEWERS - 1, seconds: seconds - 4, mode: 'sio' },
    ...{ tokensFile: writeTokens(stack, viewers, options.scratch), env: { DRAIN_ORIGIN: stack.url } },
  });
  const { context, page } = await openOverview(stack, options.browser);
  await page.waitForTimeout(8000);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({ type: 'longtask' });
  });
  const until = performance.now() + options.seconds * 1000;
  await page.waitForTimeout(options.seconds * 250);
  const early = await heldMb(stack);
  while (performance.now() < until) {
    await page.waitForTimeout(Math.min(10_000, until - performance.now()));
    options.onProgress?.(PARTS.map((part) => `${part} ${megabytesOf(stack, part)} MB`).join(', '));
  }
  const longTasksMs = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  const late = await heldMb(stack);
  await context.close();
  const [sent, seen] = await Promise.all([load, audience]);
  return {
    longTasksMs,
    heldMb: Object.fromEntries(PARTS.map((part) => [part, { early: early[part], late: late[part] }])),
    ...{ deltas: seen.messages, closedViewers: seen.closed },
    ...{ spansAccepted: sent.points, refused: sent.refused + sent.failed },
  };
}

export async function launchBrowser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args });
}
