import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/kernel/errors.ts';
import { encodeOtlp } from '#tests/captures/otlp-schema.ts';
import { decodeMetrics } from './decode-metrics.ts';
import { Sketch } from './sketch.ts';

const NOW_MS = Date.UTC(2026, 10, 23);
const OPTIONS = { nowMs: NOW_MS, maxAgeMs: 86_400_000, maxFutureMs: 600_000, isKnown: () => false };
const NOW_NS = `${NOW_MS}000000`;

type Json = Record<string, unknown>;

const attribute = (key: string, stringValue: string): Json => ({ key, value: { stringValue } });
const point = (overrides: Json = {}): Json => ({
  attributes: [attribute('gen_ai.request.model', 'gpt-4o')],
  startTimeUnixNano: `${NOW_MS - 1000}000000`,
  timeUnixNano: NOW_NS,
  asDouble: 1.5,
  ...overrides,
});
const gauge = (dataPoints: Json[], name = 'load'): Json => ({ name, unit: '1', gauge: { dataPoints } });
const histogram = (overrides: Json = {}): Json => ({
  ...point(),
  asDouble: undefined,
  count: 6,
  sum: 3,
  bucketCounts: [1, 2, 3],
  explicitBounds: [1, 2],
  ...overrides,
});
function request(metrics: Json[]): Json {
  const resource = {
    attributes: [
      attribute('service.name', 'shop'),
      attribute('service.namespace', 'eu'),
      attribute('deployment.environment', 'prod'),
      attribute('k8s.pod.name', 'shop-1'),
    ],
  };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 's' }, metrics }] }] };
}
const decodeProtobuf = (metrics: Json[]) => decodeMetrics(encodeOtlp('Metrics', request(metrics)), OPTIONS);
const decodeJson = (metrics: Json[]) =>
  decodeMetrics(Buffer.from(JSON.stringify(request(metrics))), { ...OPTIONS, encoding: 'json' });
const both = [decodeProtobuf, decodeJson];

/** The points of a result by what their series is, whatever its hash. */
function described({ points, histograms, unknown }: ReturnType<typeof decodeMetrics>): unknown[] {
  const numbers = Array.from(points.hash, (hash, i) => ({
    series: unknown.get(hash),
    timeMs: points.timeMs[i],
    startMs: points.startMs[i],
    value: points.value[i],
  }));
  const distributions = histograms.map(({ hash, sketch, ...rest }) => ({
    series: unknown.get(hash),
    ...rest,
    pairs: Sketch.decode(sketch).toPairs(),
  }));
  return [...numbers, ...distributions];
}

const anyAttributes = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('gen_ai.request.model', 'gen_ai.operation.name', 'error.type', 'state'),
      fc.constantFrom('a', 'b', 'gpt-4o', 'é'),
    ),
    { maxLength: 4, selector: ([key]) => key },
  )
  .map((list) => list.map(([key, value]) => attribute(key, value)));
const anyPoint = fc
  .record({
    attributes: anyAttributes,
    timeUnixNano: fc.nat({ max: 3_600_000 }).map((ago) => `${NOW_MS - ago}000000`),
    asDouble: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  })
  .map((overrides) => point(overrides));
const anyHistogram = fc
  .record({
    attributes: anyAttributes,
    bucketCounts: fc.array(fc.nat({ max: 1000 }), { minLength: 4, maxLength: 4 }),
    sum: fc.double({ min: 0, max: 1e6, noNaN: true }),
  })
  .map((overrides) => histogram({ ...overrides, explicitBounds: [0.1, 1, 10], count: 7 }));
const anyMetric = fc.oneof(
  fc.array(anyPoint, { maxLength: 4 }).map((dataPoints) => gauge(dataPoints, 'a.gauge')),
  fc
    .record({
      dataPoints: fc.array(anyPoint, { maxLength: 4 }),
      isMonotonic: fc.boolean(),
      aggregationTemporality: fc.constantFrom(1, 2),
    })
    .map((sum) => ({ name: 'a.sum', unit: 's', sum })),
  fc
    .record({
      dataPoints: fc.array(anyHistogram, { maxLength: 3 }),
      aggregationTemporality: fc.constantFrom(1, 2),
    })
    .map((data) => ({ name: 'a.histogram', unit: 's', histogram: data })),
);

describe('decodeMetrics', () => {
  test('protobuf and JSON of the same request give the same points of the same series', () => {
    fc.assert(
      fc.property(fc.array(anyMetric, { maxLength: 4 }), (metrics) => {
        expect(described(decodeProtobuf(metrics))).toEqual(described(decodeJson(metrics)));
      }),
    );
  });

  test('a point becomes a value of a described series; the order of attributes makes no difference', () => {
    const model = attribute('gen_ai.request.model', 'gpt-4o');
    const system = attribute('gen_ai.system', 'az.ai.openai');
    for (const decode of both) {
      const result = decode([
        gauge([point({ attributes: [model, system] })]),
        gauge([point({ attributes: [system, model], timeUnixNano: `${NOW_MS - 5}000000` })]),
      ]);
      expect([...result.points.value]).toEqual([1.5, 1.5]);
      expect([...result.unknown.values()]).toEqual([
        {
          agentName: 'shop',
          environment: 'prod',
          serviceNamespace: 'eu',
          serviceName: 'shop',
          instance: 'shop-1',
          metric: 'load',
          unit: '1',
          kind: 'gauge',
          attributes: { 'gen_ai.provider.name': 'azure.ai.openai', 'gen_ai.request.model': 'gpt-4o' },
        },
      ]);
    }
  });

  test('the agent of a series is the agent of the point, and no attribute beside it', () => {
    const attributes = [attribute('gen_ai.agent.name', 'planner')];
    const [series] = decodeProtobuf([gauge([point({ attributes })])]).unknown.values();
    expect(series).toMatchObject({ agentName: 'planner', serviceName: 'shop', attributes: {} });
  });

  test('a known series is not described again', () => {
    const bytes = encodeOtlp('Metrics', request([gauge([point()])]));
    expect(decodeMetrics(bytes, { ...OPTIONS, isKnown: () => true }).unknown.size).toBe(0);
  });

  test('telemetry: kinds follow temporality; a cumulative sum that goes up and down is a gauge', () => {
    const sum = (name: string, aggregationTemporality: number, isMonotonic: boolean): Json => ({
      name,
      sum: { dataPoints: [point()], aggregationTemporality, isMonotonic },
    });
    for (const decode of both) {
      const { unknown } = decode([
        sum('delta', 1, true),
        sum('cumulative', 2, true),
        sum('level', 2, false),
        { name: 'h1', histogram: { dataPoints: [histogram()], aggregationTemporality: 1 } },
        { name: 'h2', histogram: { dataPoints: [histogram()], aggregationTemporality: 2 } },
      ]);
      expect([...unknown.values()].map(({ metric, kind }) => [metric, kind])).toEqual([
        ['delta', 'delta_sum'],
        ['cumulative', 'cumulative_sum'],
        ['level', 'gauge'],
        ['h1', 'delta_histogram'],
        ['h2', 'cumulative_histogram'],
      ]);
    }
  });

  test('attributes that make no series are summed over: a million users are one series', () => {
    const dataPoints = Array.from({ length: 50 }, (_, i) =>
      point({ attributes: [attribute('user.id', `user-${i}`)], asDouble: 2 }),
    );
    for (const decode of both) {
      const counter = decode([
        { name: 'n', sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } },
      ]);
      expect([...counter.points.value]).toEqual([100]);
      expect([...decode([gauge(dataPoints)]).points.value]).toEqual([2]);
    }
  });

  test('the same metric in two scopes is one series and its points are summed', () => {
    const metric = {
      name: 'n',
      sum: { dataPoints: [point()], aggregationTemporality: 2, isMonotonic: true },
    };
    const [resource] = request([]).resourceMetrics as Json[];
    const body = {
      resourceMetrics: [
        {
          ...resource,
          scopeMetrics: ['a', 'b'].map((name) => ({ scope: { name }, metrics: [metric] })),
        },
      ],
    };
    expect([...decodeMetrics(encodeOtlp('Metrics', body), OPTIONS).points.value]).toEqual([3]);
  });

  test.each([
    ['NaN', { asDouble: 'NaN' }, 'not_finite'],
    ['Infinity', { asDouble: 'Infinity' }, 'not_finite'],
    ['a time in 1970', { timeUnixNano: '1000' }, 'too_old'],
    ['a time in 2100', { timeUnixNano: '4102444800000000000' }, 'in_the_future'],
    [
      'too many attributes',
      { attributes: Array.from({ length: 129 }, (_, i) => attribute(`k${i}`, 'v')) },
      'too_many_attributes',
    ],
  ])('a point with %s is refused alone', (_, overrides, reason) => {
    const sent = gauge([point({ attributes: [] }), point(overrides), point()]);
    const forProtobuf = JSON.parse(JSON.stringify(sent));
    for (const data of forProtobuf.gauge.dataPoints) data.asDouble = Number(data.asDouble);
    for (const { points, refusals } of [decodeProtobuf([forProtobuf]), decodeJson([sent])]) {
      expect(points.value).toHaveLength(2);
      expect(refusals).toMatchObject({ count: 1, byReason: { [reason]: 1 }, sender: 'shop' });
    }
  });

  test('1e400 in JSON is refused as not finite', () => {
    const body = JSON.stringify(request([gauge([point()])])).replace('1.5', '1e400');
    const { refusals } = decodeMetrics(Buffer.from(body), { ...OPTIONS, encoding: 'json' });
    expect(refusals.byReason).toEqual({ not_finite: 1 });
  });

  test('summaries, missing temporality and buckets that do not fit are refused in words', () => {
    for (const decode of both) {
      const { refusals, points } = decode([
        { name: 's', summary: { dataPoints: [{ timeUnixNano: NOW_NS }, { timeUnixNano: NOW_NS }] } },
        { name: 'u', sum: { dataPoints: [point()] } },
        {
          name: 'h',
          histogram: { dataPoints: [histogram({ bucketCounts: [1] })], aggregationTemporality: 1 },
        },
        gauge([point()]),
      ]);
      expect(refusals.byReason).toEqual({ unsupported_type: 3, malformed: 1 });
      expect(refusals.message).toMatch(/summary/i);
      expect(points.value).toHaveLength(1);
    }
  });

  test('a point without a recorded value is passed over silently', () => {
    for (const decode of both) {
      const { points, refusals } = decode([gauge([point({ flags: 1 })])]);
      expect([points.value.length, refusals.count]).toEqual([0, 0]);
    }
  });

  test('a cumulative histogram minus an earlier state is exactly what came in between', () => {
    const counts = fc.array(fc.nat({ max: 500 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (earlier, added) => {
        const at = (bucketCounts: number[]): Sketch => {
          const dataPoints = [histogram({ bucketCounts, explicitBounds: [0.1, 1, 10] })];
          const metric = { name: 'h', histogram: { dataPoints, aggregationTemporality: 2 } };
          return Sketch.decode(decodeProtobuf([metric]).histograms[0]!.sketch);
        };
        const difference = at(earlier.map((count, i) => count + (added[i] ?? 0)));
        difference.subtract(at(earlier));
        expect(difference.count).toBe(added.reduce((sum, count) => sum + count, 0));
        const inFirst = difference
          .toPairs()
          .filter((_, i, pairs) => i % 2 === 1 && (pairs[i - 1] ?? 0) <= 291);
        expect(inFirst.reduce((sum, count) => sum + count, 0)).toBe(added[0]);
      }),
    );
  });

  test('percentiles of an explicit histogram stay within the bucket they lie in', () => {
    const metric = {
      name: 'h',
      histogram: {
        dataPoints: [histogram({ bucketCounts: [0, 100, 0], count: 100 })],
        aggregationTemporality: 1,
      },
    };
    for (const decode of both) {
      const sketch = Sketch.decode(decode([metric]).histograms[0]!.sketch);
      expect(sketch.quantile(0.01)).toBeGreaterThan(0.98);
      expect(sketch.quantile(0.99)).toBeLessThan(2.04);
      expect(sketch.count).toBe(100);
    }
  });

  test('an exponential histogram keeps its percentiles within its own error, and its zeros', () => {
    const metric = {
      name: 'e',
      exponentialHistogram: {
        dataPoints: [
          {
            timeUnixNano: NOW_NS,
            count: 110,
            scale: 5,
            zeroCount: 10,
            positive: { offset: 64, bucketCounts: [100] },
          },
        ],
        aggregationTemporality: 1,
      },
    };
    for (const decode of both) {
      const [read] = decode([metric]).histograms;
      const sketch = Sketch.decode(read!.sketch);
      expect(sketch.quantile(0.05)).toBe(0);
      expect(Math.abs((sketch.quantile(0.9) ?? 0) / 4.04 - 1)).toBeLessThan(0.04);
      expect(Math.abs((read!.sum ?? 0) / 404 - 1)).toBeLessThan(0.04);
    }
  });

  test('a request that ends in the middle is refused whole, wherever it is cut', () => {
    const whole = encodeOtlp(
      'Metrics',
      request([
        gauge([point()]),
        { name: 'h', histogram: { dataPoints: [histogram()], aggregationTemporality: 1 } },
      ]),
    );
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeMetrics(whole.subarray(0, length), OPTIONS)).toThrow(/not valid OTLP/);
    }
  });

  test('arbitrary bytes give an answer or an `invalid` error, never another one', () => {
    const valid = encodeOtlp('Metrics', request([gauge([point(), point()])]));
    const damaged = fc
      .array(fc.tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((changes) => {
        const bytes = Uint8Array.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (body) => {
        try {
          decodeMetrics(body, OPTIONS);
        } catch (error) {
          expect(isAppError(error) && error.code).toBe('invalid');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
