import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '#lib/kernel/clock.ts';
import type { MetricQuery } from '#lib/model/metric.ts';
import type { MetricKind, NormalisedSpan, SeriesIdentity } from '#lib/model/telemetry.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';
import type { HistogramPoint, MetricStore, PointBatch, WindowsQuery } from './port.ts';

/** What an adapter lends to the contract: a store on a moved clock, and its surroundings. */
export interface StoreHarness {
  /** A team of its own for each test. */
  makeTeam(): Promise<string>;
  /** An agent of the environment `default`, if no other is said. */
  makeAgent(teamId: string, name: string, environment?: string): Promise<string>;
  /** Another store on the same data, as another process would have it. */
  open(clock: { now(): number }, writer: string): Store;
  /** Stores spans of agents durably and marks their windows. */
  storeSpans(
    store: Store,
    teamId: string,
    spans: readonly { agentId: string; span: NormalisedSpan }[],
  ): Promise<void>;
  makeSpan(values: Partial<NormalisedSpan> & { endMs: number }): NormalisedSpan;
}

/** A store whose transactions the contract needs not know. */
export interface Store extends Omit<MetricStore<never>, 'append' | 'markChanged'> {
  /** Appends in one transaction and marks the windows. */
  commit(batch: PointBatch): Promise<void>;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Raw points are kept for five days. */
const RETENTION = { raw: 5, levels: { 10: 0.25, 60: 90, 3600: 400, 86400: 100_000 } };

/** Points of one stream: [seconds after the base, value] each, `startSeconds` on the same scale. */
type Given = readonly (readonly [seconds: number, value: number])[];

/** The promises of `MetricStore`, for any adapter: works, late, missing, resets, rivals, limits, retention. */
export function metricStoreContract(name: string, harness: () => StoreHarness): void {
  describe(`metric store in ${name}`, () => {
    /** An hour ago on the hour: everything below happens shortly after it. */
    const base = Math.floor((Date.now() - HOUR_MS) / HOUR_MS) * HOUR_MS;
    const clock = manualClock(base);
    let teamId: string;
    let agentId: string;
    let store: Store;

    beforeEach(async () => {
      clock.set(base);
      teamId = await harness().makeTeam();
      agentId = await harness().makeAgent(teamId, 'planner');
      store = harness().open(clock, 'writer-1');
    });

    function identity(kind: MetricKind, values: Partial<SeriesIdentity> = {}): SeriesIdentity {
      const origin = { agentName: 'planner', environment: 'default', serviceNamespace: '', serviceName: 's' };
      return { ...origin, instance: '', metric: `m.${kind}`, unit: '1', kind, attributes: {}, ...values };
    }

    async function seriesOf(kind: MetricKind, values: Partial<SeriesIdentity> = {}, owner = agentId) {
      const { ids } = await store.resolveSeries(
        teamId,
        [{ agentId: owner, identity: identity(kind, values) }],
        1e6,
      );
      return ids[0] ?? -1;
    }

    function columns(seriesId: number, given: Given, startSeconds?: number): PointBatch {
      const startMs = startSeconds === undefined ? 0 : base + startSeconds * 1000;
      return {
        teamId,
        points: {
          seriesId: Int32Array.from(given, () => seriesId),
          timeMs: Float64Array.from(given, ([seconds]) => base + seconds * 1000),
          startMs: Float64Array.from(given, () => startMs),
          value: Float64Array.from(given, ([, value]) => value),
        },
        histograms: [],
      };
    }

    const send = (seriesId: number, given: Given, startSeconds?: number, by: Store = store) =>
      by.commit(columns(seriesId, given, startSeconds));

    /** Lets time pass and rolls up what is due then. */
    async function settle(seconds: number, by: Store = store): Promise<void> {
      clock.set(base + seconds * 1000);
      await by.rollUp(clock.now());
    }

    async function ask(values: Partial<MetricQuery>) {
      const query = {
        from: base,
        to: base + MINUTE_MS,
        pixels: 800,
        metric: 'operations',
        groupBy: 'none',
        top: 20,
      };
      return store.query(teamId, { ...query, measure: 'requests', ...values } as MetricQuery);
    }

    async function values(asked: Partial<MetricQuery>): Promise<(number | null)[]> {
      return (await ask(asked)).lines[0]?.values ?? [];
    }

    test('a gauge: average, minimum, maximum and last of each window, and missing stays missing', async () => {
      await send(await seriesOf('gauge'), [
        [1, 4],
        [5, 8],
        [31, 10],
      ]);
      await settle(60);
      const of = (measure: MetricQuery['measure']) => values({ metric: 'm.gauge', measure });
      expect(await of('avg')).toEqual([6, null, null, 10, null, null]);
      expect(await of('min')).toEqual([4, null, null, 10, null, null]);
      expect(await of('max')).toEqual([8, null, null, 10, null, null]);
      expect(await of('last')).toEqual([8, null, null, 10, null, null]);
    });

    test('a metric that was never sent is a line of nothing, not of zeros', async () => {
      const answer = await ask({ metric: 'never.sent', measure: 'avg' });
      expect(answer.lines[0]?.values).toEqual(Array(6).fill(null));
      expect(answer.sampleSize).toBe(0);
    });

    test('delta sums add up, over streams and agents', async () => {
      const second = await harness().makeAgent(teamId, 'researcher');
      await send(await seriesOf('delta_sum'), [
        [1, 5],
        [2, 6],
      ]);
      await send(await seriesOf('delta_sum', { instance: 'b' }), [[3, 7]]);
      await send(await seriesOf('delta_sum', {}, second), [[12, 100]]);
      await settle(60);
      const query = { metric: 'm.delta_sum', measure: 'sum' } as const;
      expect((await values(query)).slice(0, 2)).toEqual([18, 100]);
      expect((await values({ ...query, agentId })).slice(0, 2)).toEqual([18, null]);
      expect((await values({ ...query, measure: 'rate' }))[1]).toBe(10);
    });

    test('a cumulative sum becomes increases, over windows, through a restart and a reset without a new start', async () => {
      const series = await seriesOf('cumulative_sum');
      await send(
        series,
        [
          [5, 10],
          [15, 25],
        ],
        -1,
      );
      await settle(20);
      await send(series, [[25, 4]], 22);
      await send(
        series,
        [
          [35, 9],
          [45, 2],
        ],
        22,
      );
      await settle(70);
      expect(await values({ metric: 'm.cumulative_sum', measure: 'sum' })).toEqual([10, 15, 4, 5, 2, null]);
    });

    test('a cumulative sum that began long before it is first seen adds nothing at first', async () => {
      await send(
        await seriesOf('cumulative_sum'),
        [
          [5, 1e6],
          [15, 1e6 + 3],
        ],
        -86_400,
      );
      await settle(60);
      expect((await values({ metric: 'm.cumulative_sum', measure: 'sum' })).slice(0, 2)).toEqual([0, 3]);
    });

    test('two processes that count up under one identity do not disturb each other', async () => {
      const series = await seriesOf('cumulative_sum');
      for (let second = 1; second < 60; second += 10) {
        await send(series, [[second, second * 10]], -5);
        await send(series, [[second + 1, second]], -3);
      }
      await settle(70);
      expect(await values({ metric: 'm.cumulative_sum', measure: 'sum' })).toEqual([
        11, 110, 110, 110, 110, 110,
      ]);
    });

    test('a late point lands in the window of its own time and takes from the increase after it', async () => {
      const series = await seriesOf('cumulative_sum');
      await send(
        series,
        [
          [5, 10],
          [35, 40],
        ],
        -1,
      );
      await settle(60);
      const query = { metric: 'm.cumulative_sum', measure: 'sum' } as const;
      expect(await values(query)).toEqual([10, null, null, 30, null, null]);
      await send(series, [[15, 18]], -1);
      await settle(80);
      await settle(100);
      expect(await values(query)).toEqual([10, 8, null, 22, null, null]);
    });

    test('points of an hour ago reach every level', async () => {
      const series = await seriesOf('gauge');
      clock.set(base + 30 * MINUTE_MS);
      await send(series, [[5, 3]]);
      for (const seconds of [1900, 2000, 3700, 3800]) await settle(seconds);
      const query = { metric: 'm.gauge', measure: 'avg' } as const;
      expect((await ask({ ...query, to: base + 3 * HOUR_MS })).stepSeconds).toBe(60);
      expect((await values({ ...query, to: base + 3 * HOUR_MS }))[0]).toBe(3);
      clock.set(base + 3 * HOUR_MS);
      const days = await ask({ ...query, from: base - 72 * HOUR_MS, to: base + HOUR_MS });
      expect(days.stepSeconds).toBe(3600);
      expect(days.lines[0]?.values.filter((value) => value !== null)).toEqual([3]);
    });

    test('rolling up again changes nothing', async () => {
      const series = await seriesOf('delta_sum');
      await send(series, [[1, 5]]);
      await settle(60);
      await send(series, [[2, 6]]);
      await settle(80);
      await settle(100);
      expect((await values({ metric: 'm.delta_sum', measure: 'sum' }))[0]).toBe(11);
    });

    test('the same points sent twice count once', async () => {
      const gauge = await seriesOf('gauge');
      const counter = await seriesOf('cumulative_sum');
      for (const _ of [1, 2]) {
        await send(gauge, [
          [1, 5],
          [2, 7],
        ]);
        await send(
          counter,
          [
            [1, 5],
            [2, 7],
          ],
          -1,
        );
      }
      await settle(60);
      expect((await values({ metric: 'm.gauge', measure: 'count' }))[0]).toBe(2);
      expect((await values({ metric: 'm.cumulative_sum', measure: 'sum' }))[0]).toBe(7);
    });

    test('values of one stream in one report add up, as when an attribute was left out', async () => {
      const series = await seriesOf('delta_sum');
      await send(
        series,
        [
          [1, 5],
          [1, 6],
          [1, 7],
        ],
        0,
      );
      await settle(60);
      expect((await values({ metric: 'm.delta_sum', measure: 'sum' }))[0]).toBe(18);
    });

    test('two writers and two rolling workers lose and double nothing', async () => {
      const other = harness().open(clock, 'writer-2');
      const series = await seriesOf('delta_sum');
      const rounds = Array.from({ length: 20 }, (_, i) => i);
      for (const round of rounds) {
        clock.set(base + (12 + round) * 1000);
        await Promise.all([
          send(series, [[round / 4, 1]], -1),
          send(series, [[round / 4 + 0.1, 1]], -1, other),
          store.rollUp(clock.now()),
          other.rollUp(clock.now()),
        ]);
      }
      await settle(90);
      expect((await values({ metric: 'm.delta_sum', measure: 'sum' }))[0]).toBe(40);
    });

    function histogram(
      seriesId: number,
      seconds: number,
      observed: readonly number[],
      startSeconds: number,
    ): HistogramPoint {
      const sketch = new Sketch();
      for (const value of observed) sketch.add(value);
      return {
        seriesId,
        timeMs: base + seconds * 1000,
        startMs: base + startSeconds * 1000,
        count: observed.length,
        sum: observed.reduce((sum, value) => sum + value, 0),
        min: observed.length > 0 ? Math.min(...observed) : null,
        max: observed.length > 0 ? Math.max(...observed) : null,
        sketch: sketch.encode(),
      };
    }

    test('a delta histogram gives its percentiles and says that they are estimates', async () => {
      const series = await seriesOf('delta_histogram');
      const empty = columns(series, []);
      await store.commit({ ...empty, histograms: [histogram(series, 3, [1, 2, 100], 0)] });
      await settle(60);
      const answer = await ask({ metric: 'm.delta_histogram', measure: 'p50' });
      expect(answer.lines[0]?.values[0]).toBeCloseTo(2, 1);
      expect(answer.sampleSize).toBe(3);
      expect(answer.estimatedFromBuckets).toBe(true);
    });

    test('parts of one delta value that came in several requests add up, each once however often it was sent', async () => {
      const sum = await seriesOf('delta_sum');
      const series = await seriesOf('delta_histogram');
      for (const observed of [[1, 2], [100], [1, 2]]) {
        await send(sum, [[3, observed.length]], 0);
        await store.commit({ ...columns(series, []), histograms: [histogram(series, 3, observed, 0)] });
      }
      await settle(60);
      expect((await values({ metric: 'm.delta_sum', measure: 'sum' }))[0]).toBe(3);
      expect((await values({ metric: 'm.delta_histogram', measure: 'count' }))[0]).toBe(3);
      expect((await values({ metric: 'm.delta_histogram', measure: 'sum' }))[0]).toBe(103);
    });

    test('a cumulative histogram becomes what it gained, and starts over after a restart', async () => {
      const series = await seriesOf('cumulative_histogram');
      const histograms = [
        histogram(series, 3, [10, 10], -1),
        histogram(series, 13, [10, 10, 500], -1),
        histogram(series, 23, [7], 20),
      ];
      await store.commit({ ...columns(series, []), histograms });
      await settle(60);
      const query = { metric: 'm.cumulative_histogram' } as const;
      expect((await values({ ...query, measure: 'count' })).slice(0, 4)).toEqual([2, 1, 1, null]);
      const medians = await values({ ...query, measure: 'p50' });
      expect(medians[1]).toBeGreaterThan(490);
      expect((await values({ ...query, measure: 'sum' })).slice(0, 3)).toEqual([20, 500, 7]);
    });

    function span(endSeconds: number, more: Partial<NormalisedSpan> = {}, owner = agentId) {
      const values = { endMs: base + endSeconds * 1000, ...more };
      return { agentId: owner, span: harness().makeSpan(values) };
    }

    const run = (endSeconds: number, more: Partial<NormalisedSpan> = {}, owner = agentId) =>
      span(
        endSeconds,
        { operation: 'invoke_agent', isAgentRun: true, provider: null, requestModel: null, ...more },
        owner,
      );

    const usage = (inputTokens: number, outputTokens: number) => ({
      inputTokens,
      outputTokens,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    });

    test('spans give requests, errors, tokens and cost a minute, and count only what is asked', async () => {
      await harness().storeSpans(store, teamId, [
        run(1, { isError: true }),
        run(2),
        span(3, { usage: usage(100, 20), costPriced: 0.5 }),
        span(4, { operation: 'execute_tool', toolName: 'search' }),
      ]);
      await settle(60);
      expect((await values({ measure: 'requests' }))[0]).toBe(12);
      expect((await values({ measure: 'requests', of: 'model' }))[0]).toBe(6);
      expect((await values({ measure: 'error_rate' }))[0]).toBe(0.5);
      expect((await values({ measure: 'tokens' }))[0]).toBe(720);
      expect((await values({ measure: 'cost' }))[0]).toBeCloseTo(3);
      expect((await values({ measure: 'requests' }))[1]).toBeNull();
    });

    test('calls without a price cost what is not known: never zero, and beside others the part that is known', async () => {
      const call = { usage: usage(100, 20), costPriced: null };
      await harness().storeSpans(store, teamId, [
        run(1),
        span(2, call),
        span(3, { ...call, costPriced: 0.5 }),
        run(61),
        span(62, call),
        span(63, call),
        run(121),
      ]);
      await settle(180);
      const to = base + 180_000;
      const asked = { to, pixels: 18 };
      const cost = await values({ ...asked, measure: 'cost' });
      const unpriced = await values({ ...asked, measure: 'unpriced_calls' });
      expect([cost[0], cost[6], cost[12]]).toEqual([expect.closeTo(3), null, 0]);
      expect([unpriced[0], unpriced[6], unpriced[12]]).toEqual([6, 12, 0]);
      const { values: whole } = await store.measureWindows(teamId, {
        ...{ metric: 'operations', measure: 'cost', groups: null },
        windows: [
          { from: base, to },
          { from: base + MINUTE_MS, to },
        ],
      });
      expect(whole).toEqual([[expect.closeTo(0.5 / 3), null]]);
    });

    test('a span that ends late in a window that was rolled up is counted there', async () => {
      await harness().storeSpans(store, teamId, [run(5)]);
      await settle(30);
      await harness().storeSpans(store, teamId, [run(6)]);
      await settle(60);
      expect((await values({ measure: 'requests' }))[0]).toBe(12);
    });

    test('percentiles of any windows are those of all their spans, within 2 %', async () => {
      const durations = Array.from({ length: 300 }, (_, i) => (i + 1) * 10);
      const spans = durations.map((durationMs, i) => run((i % 50) + 1, { durationMs }));
      await harness().storeSpans(store, teamId, spans);
      await settle(70);
      const at = async (measure: MetricQuery['measure']) =>
        (await values({ measure, pixels: 10, to: base + 20 * MINUTE_MS }))[0] ?? 0;
      expect((await at('latency_p50')) / 1500).toBeCloseTo(1, 1);
      expect(Math.abs((await at('latency_p95')) / 2850 - 1)).toBeLessThan(0.025);
      expect(Math.abs((await at('latency_p99')) / 2970 - 1)).toBeLessThan(0.025);
    });

    test('grouping keeps the top groups with their names, by agent and by model', async () => {
      const second = await harness().makeAgent(teamId, 'researcher');
      await harness().storeSpans(store, teamId, [
        run(1),
        run(2, {}, second),
        run(3, {}, second),
        span(4, { usage: usage(10, 0), responseModel: 'large' }),
        span(5, { usage: usage(99, 0), requestModel: 'small' }),
      ]);
      await settle(80);
      const byAgent = await ask({ measure: 'requests', groupBy: 'agent', top: 1 });
      expect(byAgent.lines.map((line) => [line.key, line.label])).toEqual([[second, 'researcher']]);
      const byModel = await ask({ measure: 'input_tokens', groupBy: 'model' });
      expect(Object.fromEntries(byModel.lines.map((line) => [line.label, line.values[0]]))).toEqual({
        large: 60,
        small: 594,
      });
    });

    /** Windows in seconds after the base. */
    const measure = (
      asked: Pick<WindowsQuery, 'measure'> & Partial<WindowsQuery>,
      ...windows: [fromSeconds: number, toSeconds: number][]
    ) =>
      store.measureWindows(teamId, {
        metric: 'operations',
        groups: null,
        ...asked,
        windows: windows.map(([from, to]) => ({ from: base + from * 1000, to: base + to * 1000 })),
      });

    test('windows are measured whole, may overlap, and are null where nothing was', async () => {
      await harness().storeSpans(store, teamId, [
        run(1, { isError: true, durationMs: 100 }),
        run(25, { durationMs: 100 }),
        run(26, { durationMs: 9000 }),
        run(27, { durationMs: 9000 }),
      ]);
      await settle(80);
      const windows: [number, number][] = [
        [0, 60],
        [20, 30],
        [30, 60],
      ];
      const requests = await measure({ measure: 'requests' }, ...windows);
      expect(requests).toEqual({ values: [[4, 18, null]], counts: [[4, 3, 0]] });
      expect((await measure({ measure: 'error_rate' }, ...windows)).values).toEqual([[0.25, 0, null]]);
      const [[whole, part, none] = []] = (await measure({ measure: 'latency_p50' }, ...windows)).values;
      expect([(whole ?? 0) / 100, (part ?? 0) / 9000]).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)]);
      expect(none).toBeNull();
    });

    test('windows of groups are measured for their agents together, and those of nobody are null', async () => {
      const second = await harness().makeAgent(teamId, 'researcher');
      await harness().storeSpans(store, teamId, [run(1), run(2, {}, second), run(3, {}, second)]);
      await settle(80);
      const groups = [[agentId], [second], [agentId, second], []];
      const { values, counts } = await measure({ measure: 'requests', groups }, [0, 60]);
      expect([values, counts]).toEqual([
        [[1], [2], [3], [null]],
        [[1], [2], [3], [0]],
      ]);
    });

    test('windows count model calls where they are asked for, also of an agent without runs', async () => {
      await harness().storeSpans(store, teamId, [
        span(1, { isError: true }),
        span(2, { isError: true }),
        span(3),
      ]);
      await settle(80);
      const calls = { of: 'model', groups: [[agentId]] } as const;
      const { values, counts } = await measure({ ...calls, measure: 'error_rate' }, [0, 60]);
      expect([values, counts]).toEqual([[[expect.closeTo(2 / 3, 6)]], [[3]]]);
      expect((await measure({ ...calls, measure: 'requests' }, [0, 60])).values).toEqual([[3]]);
      expect((await measure({ measure: 'error_rate', groups: [[agentId]] }, [0, 60])).values).toEqual([
        [null],
      ]);
    });

    test('a long window is the sum of its parts, at its edges and in its latest minutes too', async () => {
      for (const minute of [0, 7, 19, 28, 29]) {
        clock.set(base + (minute * 60 + 6) * 1000);
        await harness().storeSpans(store, teamId, [run(minute * 60 + 5)]);
        await settle(minute * 60 + 30);
        await settle(minute * 60 + 80);
      }
      await settle(30 * 60);
      const { values, counts } = await measure({ measure: 'requests' }, [10, 1780], [0, 1780]);
      expect(counts).toEqual([[4, 5]]);
      expect(values[0]?.[1]).toBeCloseTo((5 * 60) / 1780);
    });

    test('windows of an OTLP metric, and none for a measure that it has not', async () => {
      await send(await seriesOf('gauge'), [
        [1, 4],
        [31, 10],
      ]);
      await settle(80);
      const of = { metric: 'm.gauge' };
      expect((await measure({ ...of, measure: 'avg' }, [0, 60], [0, 30])).values).toEqual([[7, 4]]);
      expect((await measure({ ...of, measure: 'last', groups: [[agentId]] }, [0, 60])).values).toEqual([
        [10],
      ]);
      await expect(measure({ ...of, measure: 'requests' }, [0, 60])).rejects.toMatchObject({
        code: 'invalid',
      });
    });

    test('an environment is answered for its own agents: counts, percentiles and the top of them', async () => {
      const other = await harness().makeAgent(teamId, 'researcher', 'staging');
      await harness().storeSpans(store, teamId, [
        run(1, { durationMs: 1000 }),
        run(2, { durationMs: 9000, isError: true }, other),
        run(3, { durationMs: 9000 }, other),
      ]);
      await settle(80);
      const staging = async (measure: MetricQuery['measure']) =>
        (await values({ measure, environment: 'staging' }))[0];
      expect(await staging('requests')).toBe(12);
      expect(await staging('error_rate')).toBe(0.5);
      expect(((await staging('latency_p95')) ?? 0) / 9000).toBeCloseTo(1, 1);
      expect((await values({ measure: 'requests', environment: 'default' }))[0]).toBe(6);
      expect((await values({ measure: 'requests', environment: 'unheard-of' }))[0]).toBeNull();
      const top = await ask({ measure: 'requests', groupBy: 'agent', environment: 'staging' });
      expect(top.lines.map((line) => line.label)).toEqual(['researcher']);
    });

    test('the only environment of a team is answered like the team', async () => {
      await harness().storeSpans(store, teamId, [run(1), run(2)]);
      await settle(80);
      expect(await values({ measure: 'requests', environment: 'default' })).toEqual(
        await values({ measure: 'requests' }),
      );
      expect((await values({ measure: 'requests', environment: 'default' }))[0]).toBe(12);
    });

    test('the last minutes are there before their coarse window is', async () => {
      for (const minute of [0, 10, 20, 29]) {
        clock.set(base + (minute * 60 + 6) * 1000);
        await harness().storeSpans(store, teamId, [run(minute * 60 + 5)]);
        await settle(minute * 60 + 15);
        await settle(minute * 60 + 70);
      }
      const answer = await ask({ measure: 'requests', from: base - 20 * HOUR_MS, to: base + 30 * MINUTE_MS });
      expect(answer.sampleSize).toBe(4);
      const week = await ask({ measure: 'requests', from: base - 160 * HOUR_MS, to: base + 30 * MINUTE_MS });
      expect(week.stepSeconds).toBe(3600);
      expect(week.sampleSize).toBe(4);
    });

    test('a step that is not over has its rates over the part that is stored, and the answer says up to when', async () => {
      const minute = (start: number) => [5, 15, 25, 35, 45, 55].map((second) => run(start * 60 + second));
      clock.set(base + 1780_000);
      await harness().storeSpans(store, teamId, minute(29));
      await settle(1803);
      for (const second of [1805, 1815]) {
        clock.set(base + (second + 1) * 1000);
        await harness().storeSpans(store, teamId, [run(second)]);
      }
      await settle(1823);
      clock.set(base + 1829_000);
      const to = base + 1829_000;
      const threeHours = await ask({ from: to - 3 * HOUR_MS, to });
      expect(threeHours.stepSeconds).toBe(60);
      expect(threeHours.coveredTo).toBe(base + 1820_000);
      expect(threeHours.lines[0]?.values.slice(-2)).toEqual([6, 6]);
      const wide = await ask({ from: base + 1790_000, to, pixels: 2 });
      expect([wide.stepSeconds, wide.lines[0]?.values]).toEqual([20, [6, 6, null]]);
      const inside = await ask({ from: base + 1740_000, to: base + 1775_000, pixels: 2 });
      expect([inside.stepSeconds, inside.coveredTo]).toEqual([20, base + 1775_000]);
      expect(inside.lines[0]?.values).toEqual([6, 6]);
    });

    test('a line says its measure over the whole range at once, silence counted', async () => {
      await harness().storeSpans(store, teamId, [
        run(1, { durationMs: 100 }),
        run(2, { durationMs: 100 }),
        run(3, { durationMs: 100, isError: true }),
        run(31, { durationMs: 9000, isError: true }),
      ]);
      await settle(80);
      const overall = async (measure: MetricQuery['measure']) => (await ask({ measure })).lines[0]?.overall;
      expect(await overall('requests')).toBe(4);
      expect(await overall('error_rate')).toBe(0.5);
      expect(((await overall('latency_p50')) ?? 0) / 100).toBeCloseTo(1, 1);
      expect((await ask({ metric: 'never.sent', measure: 'avg' })).lines[0]?.overall).toBeNull();
    });

    test('groups are ranked by their mean over the whole range, not by the sum of two means', async () => {
      const slow = await harness().makeAgent(teamId, 'slow');
      clock.set(base + 10_000);
      await harness().storeSpans(store, teamId, [
        run(5, { durationMs: 3000 }),
        run(6, { durationMs: 5000 }, slow),
      ]);
      await settle(30);
      await settle(80);
      clock.set(base + 1810_000);
      await harness().storeSpans(store, teamId, [run(1805, { durationMs: 3000 })]);
      await settle(1830);
      clock.set(base + 1840_000);
      const to = clock.now();
      const best = await ask({ measure: 'latency_p95', groupBy: 'agent', top: 1, from: to - HOUR_MS, to });
      expect(best.lines.map((line) => line.label)).toEqual(['slow']);
    });

    test('what rows do not know is missing: the last value of a histogram is not 0', async () => {
      const series = await seriesOf('delta_histogram');
      await store.commit({ ...columns(series, []), histograms: [histogram(series, 3, [1, 2], 0)] });
      await settle(80);
      const of = { metric: 'm.delta_histogram', measure: 'last' } as const;
      expect((await values(of))[0]).toBeNull();
      expect(
        (
          await store.measureWindows(teamId, {
            ...of,
            groups: null,
            windows: [{ from: base, to: base + MINUTE_MS }],
          })
        ).values,
      ).toEqual([[null]]);
    });

    test('tokens of a team with many models are shown in the same steps as its requests', async () => {
      const models = Array.from({ length: 12 }, (_, i) =>
        span(3, { usage: usage(10, 0), responseModel: `model-${i}` }),
      );
      await harness().storeSpans(store, teamId, [run(1), ...models]);
      await settle(80);
      const day = { from: base + MINUTE_MS - 24 * HOUR_MS, to: base + MINUTE_MS };
      const [requests, tokens] = [await ask(day), await ask({ ...day, measure: 'tokens' })];
      expect(tokens.times).toEqual(requests.times);
    });

    test('a team sees nothing of another team', async () => {
      await harness().storeSpans(store, teamId, [run(1)]);
      await send(await seriesOf('gauge'), [[1, 4]]);
      await settle(60);
      const stranger = await harness().makeTeam();
      const query = { from: base, to: base + MINUTE_MS, pixels: 800, top: 20, groupBy: 'none' } as const;
      const spans = await store.query(stranger, {
        ...query,
        metric: 'operations',
        measure: 'requests',
        agentId,
      });
      const points = await store.query(stranger, { ...query, metric: 'm.gauge', measure: 'avg', agentId });
      expect(spans.sampleSize + points.sampleSize).toBe(0);
      expect(await store.listMetrics(stranger)).toEqual([]);
    });

    test('a series is found again by every process, and the limit refuses new ones but no old ones', async () => {
      const wanted = ['a', 'b', 'c'].map((instance) => ({
        agentId,
        identity: identity('gauge', { instance }),
      }));
      const first = await store.resolveSeries(teamId, wanted.slice(0, 2), 2);
      const again = await harness().open(clock, 'other').resolveSeries(teamId, wanted, 2);
      expect(again.ids).toEqual([...first.ids, null]);
      expect(first.ids[0]).not.toBe(first.ids[1]);
      expect(await store.listMetrics(teamId, agentId)).toEqual([
        { metric: 'm.gauge', unit: '1', kind: 'gauge' },
      ]);
    });

    const instances = (...names: string[]) =>
      names.map((instance) => ({ agentId, identity: identity('gauge', { instance }) }));

    test('an agent that restarts again and again keeps its room: a stream idle for an hour counts no more', async () => {
      for (let restart = 0; restart < 12; restart++) {
        const { ids } = await store.resolveSeries(teamId, instances(`pod ${restart}`), 3, 3);
        expect(ids[0]).not.toBeNull();
        await send(ids[0] ?? -1, [[restart * 1500, 1]]);
        clock.advance(25 * MINUTE_MS);
      }
      const { ids } = await store.resolveSeries(teamId, instances('x', 'y'), 1e6, 3);
      expect(ids).toEqual([expect.any(Number), null]);
    });

    test('a stream that is used keeps its place, and one that comes back needs room and is the same as before', async () => {
      const other = harness().open(clock, 'other');
      const first = await store.resolveSeries(teamId, instances('a', 'b'), 2);
      for (let minute = 0; minute < 90; minute += 10) {
        await send(first.ids[0] ?? -1, [[minute * 60, 1]]);
        clock.advance(10 * MINUTE_MS);
      }
      const [taken] = (await other.resolveSeries(teamId, instances('c'), 2)).ids;
      expect(taken).not.toBeNull();
      expect((await other.resolveSeries(teamId, instances('a', 'b', 'd'), 2)).ids).toEqual([
        first.ids[0],
        null,
        null,
      ]);
      await other.maintain(clock.now(), RETENTION);
      clock.advance(61 * MINUTE_MS);
      expect((await other.resolveSeries(teamId, instances('b', 'a'), 2)).ids).toEqual(first.ids.toReversed());
    });

    test('points of a stream that was forgotten meanwhile are refused, not lost, by a process that still knows it', async () => {
      const cleaner = harness().open(clock, 'cleaner');
      const wanted = instances('a', 'b');
      const { ids } = await store.resolveSeries(teamId, wanted, 10);
      const report = (known: readonly (number | null)[], seconds: number): PointBatch => {
        const both = columns(known[0] ?? -1, [
          [seconds, 3],
          [seconds, 5],
        ]);
        both.points.seriesId[1] = known[1] ?? -1;
        return both;
      };
      await store.commit(report(ids, 1));
      clock.advance(6 * 24 * HOUR_MS);
      await cleaner.maintain(clock.now(), RETENTION);
      const seconds = (clock.now() - base) / 1000;
      await expect(store.commit(report(ids, seconds))).rejects.toThrow();
      const point = histogram(ids[0] ?? -1, seconds, [1], seconds - 1);
      await expect(store.commit({ ...columns(0, []), histograms: [point] })).rejects.toThrow();
      const again = await store.resolveSeries(teamId, wanted, 10);
      await store.commit(report(again.ids, seconds));
      await settle(seconds + 60);
      const range = { from: base + seconds * 1000, to: base + (seconds + 60) * 1000 };
      const query = { metric: 'm.gauge', measure: 'count', agentId, ...range } as const;
      expect((await ask(query)).sampleSize).toBe(2);
    });

    test('what is in use is not forgotten, however rarely it is resolved', async () => {
      const cleaner = harness().open(clock, 'cleaner');
      const series = await seriesOf('gauge');
      for (let day = 0; day < 12; day++) {
        await send(series, [[day * 86_400, 1]]);
        await cleaner.maintain(clock.now(), RETENTION);
        clock.advance(24 * HOUR_MS);
      }
      expect(await seriesOf('gauge')).toBe(series);
    });

    test('processes that make the same series at once agree', async () => {
      const wanted = Array.from({ length: 50 }, (_, i) => ({
        agentId,
        identity: identity('gauge', { instance: `${i}` }),
      }));
      const stores = [1, 2, 3].map((i) => harness().open(clock, `rival ${i}`));
      const results = await Promise.all(
        stores.map((each, i) => each.resolveSeries(teamId, i === 1 ? wanted.toReversed() : wanted, 50)),
      );
      expect(results[1]?.ids.toReversed()).toEqual(results[0]?.ids);
      expect(results[2]?.ids).toEqual(results[0]?.ids);
    });

    test('retention drops what is past it and keeps the rest', async () => {
      const series = await seriesOf('gauge');
      clock.set(base);
      await send(series, [
        [-9 * 86_400, 1],
        [1, 2],
      ]);
      await settle(20);
      await settle(90);
      const levels = { 10: 0.25, 60: 5, 3600: 400, 86400: 100_000 };
      await store.maintain(clock.now(), { raw: 5, levels });
      const query = { metric: 'm.gauge', measure: 'avg', from: base - 10 * 86_400_000 } as const;
      await settle(200);
      const old = await ask({ ...query, to: base - 8 * 86_400_000, pixels: 4000 });
      expect(old.lines[0]?.values.every((value) => value === null)).toBe(true);
      expect((await values({ metric: 'm.gauge', measure: 'avg' }))[0]).toBe(2);
    });

    describe('late data', () => {
      const LONG_AGO = 100 * 24 * HOUR_MS;
      const old = base - LONG_AGO;

      /** Three minutes of a gauge, 100 days ago, rolled up then; gives the hour that holds them, as it stands now. */
      async function rolledUpLongAgo(retention: typeof RETENTION) {
        const start = (old - base) / 1000;
        clock.set(old);
        const report = async (...minutes: number[]) => {
          const series = await seriesOf('gauge');
          await send(
            series,
            minutes.map((minute) => [start + minute * 60, 10 + minute]),
          );
        };
        await report(0, 1, 2);
        for (const seconds of [200, 4000, 4100]) await settle(start + seconds);
        clock.set(base);
        await store.maintain(clock.now(), retention);
        const hour = async () => {
          const range = { from: old - 72 * HOUR_MS, to: old + HOUR_MS };
          const query = { metric: 'm.gauge', ...range, agentId } as const;
          const seen = async (measure: MetricQuery['measure']) =>
            (await ask({ ...query, measure })).lines[0]?.values.find((value) => value !== null) ?? null;
          return [await seen('count'), await seen('min'), await seen('max')];
        };
        return { report, hour };
      }

      test('that comes after the minutes of its hour were dropped is added to the hour', async () => {
        const { report, hour } = await rolledUpLongAgo({ ...RETENTION, raw: 200 });
        expect(await hour()).toEqual([3, 10, 12]);
        await report(3);
        for (const seconds of [60, 120, 200]) await settle(seconds);
        expect(await hour()).toEqual([4, 10, 13]);
      });

      test('that comes after the raw points of its hour were dropped leaves the hour as it was', async () => {
        const { report, hour } = await rolledUpLongAgo(RETENTION);
        expect(await hour()).toEqual([3, 10, 12]);
        await report(3);
        for (const seconds of [60, 120, 200]) await settle(seconds);
        expect(await hour()).toEqual([3, 10, 12]);
      });
    });

    test('any points in any order, batches and roll-ups in between give the sums of a plain loop', async () => {
      const points = fc.array(
        fc.record({
          second: fc.integer({ min: 0, max: 59 }),
          value: fc.integer({ min: 1, max: 1000 }),
          batch: fc.nat(3),
        }),
        { minLength: 1, maxLength: 40 },
      );
      let instance = 0;
      await fc.assert(
        fc.asyncProperty(points, async (given) => {
          instance += 1;
          const metric = `random.${instance}`;
          const series = await seriesOf('delta_sum', { metric });
          const expected: (number | null)[] = Array(6).fill(null);
          for (const { second, value } of given) {
            const window = Math.floor(second / 10);
            expected[window] = (expected[window] ?? 0) + value;
          }
          clock.set(base + 30_000);
          for (let batch = 0; batch < 4; batch++) {
            const mine = given
              .map((point, i) => [point, i] as const)
              .filter(([point]) => point.batch === batch);
            await send(
              series,
              mine.map(([{ second, value }, i]) => [second + i / 1000, value] as const),
              -1,
            );
            await store.rollUp(clock.now());
            clock.advance(7000);
          }
          await settle(120);
          expect(await values({ metric, measure: 'sum' })).toEqual(expected);
        }),
        { numRuns: 15 },
      );
    });
  });
}
