import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, type Page } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Of this process of journeys: one that tries again begins with an agent that nobody has heard of. */
const AGENT = `journey-agent-${process.pid}`;

/** A run that ended and was exported between two moments, Unix milliseconds. */
interface Run {
  fromMs: number;
  toMs: number;
}

/** A real AI SDK agent that runs once each time it is asked to. */
class Sender {
  readonly runs: Run[] = [];
  readonly #child: ChildProcess;
  readonly #ended: AsyncIterator<string>;

  constructor() {
    const { otlpHttpUrl, apiKey } = product();
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'sender/run-agent.mjs'), AGENT], {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttpUrl,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${apiKey}`,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('the sender has no output');
    this.#ended = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the span of one more run has ended and was exported. */
  async run(): Promise<void> {
    this.#child.stdin?.write('run\n');
    const { value = '' } = await this.#ended.next();
    const [, , fromMs, toMs] = String(value).split(' ').map(Number);
    this.runs.push({ fromMs: fromMs ?? Number.NaN, toMs: toMs ?? Number.NaN });
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once('exit', () => resolve());
    this.#child.stdin?.end();
    await promise;
  }
}

/** Every value that the live request count of the page took, in order. */
async function recordRequests(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    const read = () => {
      const text = document.querySelector('[data-live="requests"]')?.getAttribute('data-value');
      const value = Number(text ?? Number.NaN);
      if (Number.isFinite(value) && value !== seen.at(-1)) seen.push(value);
    };
    new MutationObserver(read).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    read();
  });
}

interface ChartPoint {
  /** As the chart says it: `2026-11-23 12:00:10 UTC`, which sorts by time. */
  at: string;
  /** Requests a minute over 10 s; null where the line has a gap. */
  perMinute: number | null;
}

/** Every point that the chart of the requests shows at this moment, from left to right, read off with the crosshair. */
async function pointsOfChart(page: Page): Promise<ChartPoint[]> {
  const chart = page.getByRole('img', { name: /^Requests over time/ });
  await chart.hover();
  return chart.evaluate((element) => {
    const plane = element.querySelector('.u-over');
    const tooltip = plane?.querySelector('[data-tooltip]');
    if (!plane || !tooltip) throw new Error('the chart is not drawn yet');
    const { left, top, width, height } = plane.getBoundingClientRect();
    const points: { at: string; perMinute: number | null }[] = [];
    for (let x = 0; x < width; x++) {
      const there = { clientX: left + x, clientY: top + height / 2, movementX: 1 };
      plane.dispatchEvent(new MouseEvent('mousemove', there));
      const at = tooltip.children[1]?.textContent ?? '';
      const value = Number(tooltip.children[2]?.lastElementChild?.textContent);
      if (at !== points.at(-1)?.at) points.push({ at, perMinute: Number.isNaN(value) ? null : value });
    }
    return points;
  });
}

/** How long a run may be on its way to the chart, milliseconds: what goes on later belongs to a later window. */
const ON_ITS_WAY_MS = 2000;

/** The moment of a point, Unix milliseconds: the end of the ten seconds that it stands for. */
const momentOf = ({ at }: ChartPoint): number => Date.parse(at.replace(' UTC', 'Z').replace(' ', 'T'));

/** How many of the runs a chart has to show up to a moment at least. */
const leastAt = (runs: readonly Run[], atMs: number): number =>
  runs.filter(({ toMs }) => toMs + ON_ITS_WAY_MS <= atMs).length;

/** How many of the runs a chart can show up to a moment, of which it says whole seconds. */
const mostAt = (runs: readonly Run[], atMs: number): number =>
  runs.filter(({ fromMs }) => fromMs <= atMs + 1000).length;

/** The chart shows these runs, each once and in the window it ended in, and its points stand in the order of time. */
async function expectChartOf(page: Page, runs: readonly Run[]): Promise<void> {
  const closedMs = Math.max(...runs.map(({ toMs }) => toMs)) + ON_ITS_WAY_MS + 10_000;
  await expect(async () => {
    const points = await pointsOfChart(page);
    const times = points.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].sort());
    const [newest] = points.slice(-1).map(momentOf);
    expect(newest, 'the moving end of the line has gone by').toBeGreaterThan(closedMs);
    let shown = 0;
    for (const point of points) {
      if (!point.perMinute) continue;
      const atMs = momentOf(point);
      expect(shown, `runs before ${point.at}`).toBeGreaterThanOrEqual(leastAt(runs, atMs - 10_000));
      shown = Math.round((shown + point.perMinute / 6) * 10) / 10;
      expect(shown, `runs up to ${point.at}`).toBeGreaterThanOrEqual(leastAt(runs, atMs));
      expect(shown, `runs up to ${point.at}`).toBeLessThanOrEqual(mostAt(runs, atMs));
    }
    // Until ten seconds passed without a run the moving end of the line repeats what its last windows say.
    expect(shown).toBeCloseTo(runs.length, 1);
  }).toPass({ timeout: 100_000 });
}

/** From now on the chart has nothing but what comes live: what it misses, no reading of the store mends. */
const leaveToLive = (page: Page) => page.route('**/api/v1/metrics/query?**', (route) => route.abort());

const seenRequests = (page: Page): Promise<number[]> =>
  page.evaluate(() => (window as unknown as { seen: number[] }).seen);

test.describe
  .serial('from a real agent to a real browser', () => {
    let sender: Sender;

    test.beforeAll(() => {
      test.setTimeout(120_000);
      execFileSync(process.execPath, [join(ROOT, 'scripts/demo.mjs'), '--install'], { stdio: 'inherit' });
      sender = new Sender();
    });
    test.afterAll(() => sender.stop());

    test('the first span of an agent brings its page to life, and each run changes the live numbers and the chart, in order and complete', async ({
      page,
    }) => {
      test.setTimeout(180_000);
      await signIn(page);
      await page.goto('/agents');
      await sender.run();
      await page.getByRole('link', { name: AGENT }).first().click();
      await expect(page.getByRole('heading', { name: AGENT })).toBeVisible();
      await page.goto(`${page.url()}?range=15m`);
      await expect(page.locator('[data-live="requests"]')).toHaveAttribute('data-value', '1');
      await recordRequests(page);
      for (let run = 2; run <= 8; run++) {
        await sender.run();
        await expect(page.locator('[data-live="requests"]')).toHaveAttribute('data-value', String(run));
      }
      expect(await seenRequests(page)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      await expectChartOf(page, sender.runs);
      await leaveToLive(page);
      for (let run = 0; run < 2; run++) await sender.run();
      await expectChartOf(page, sender.runs);
    });

    test('a page that is opened after the runs draws them all, and the recent runs list them', async ({
      page,
    }) => {
      test.setTimeout(180_000);
      await signIn(page);
      await page.goto('/agents');
      await page.getByRole('link', { name: AGENT }).first().click();
      await expect(page.getByRole('heading', { name: AGENT })).toBeVisible();
      await page.goto(`${page.url()}?range=15m`);
      await expectChartOf(page, sender.runs);
      await page.getByRole('link', { name: 'Runs', exact: true }).click();
      await expect(page.getByText('invoke_agent').first()).toBeVisible();
    });
  });
