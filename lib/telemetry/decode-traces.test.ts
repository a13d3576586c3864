import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/kernel/errors.ts';
import { encodeOtlp } from '#tests/captures/otlp-schema.ts';
import { decodeTraces } from './decode-traces.ts';
import type { DecodeOptions, RawSpan } from './otlp/raw.ts';

const NOW_MS = Date.UTC(2026, 10, 23);
const OPTIONS: DecodeOptions = {
  nowMs: NOW_MS,
  maxAgeMs: 86_400_000,
  maxFutureMs: 600_000,
  captureContent: true,
};
const NOW_NS = `${NOW_MS}000000`;

type Json = Record<string, unknown>;

const attribute = (key: string, value: Json): Json => ({ key, value });

function span(overrides: Json = {}): Json {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: NOW_NS,
    endTimeUnixNano: NOW_NS,
    attributes: [],
    ...overrides,
  };
}

function request(spans: Json[]): Json {
  const resource = { attributes: [attribute('service.name', { stringValue: 'shop' })] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's', version: '1' }, spans }] }] };
}

/** The request with ids as bytes, for the protobuf encoder. */
function protobuf(spans: Json[]): Uint8Array {
  const bytes = (hex: unknown): Uint8Array => Buffer.from(String(hex ?? ''), 'hex');
  return encodeOtlp(
    'Traces',
    request(
      spans.map((item) => ({
        ...item,
        traceId: bytes(item.traceId),
        spanId: bytes(item.spanId),
        parentSpanId: bytes(item.parentSpanId),
      })),
    ),
  );
}

const json = (spans: Json[]): Uint8Array => Buffer.from(JSON.stringify(request(spans)));
const decodeJson = (spans: Json[]) => decodeTraces(json(spans), { ...OPTIONS, encoding: 'json' });
const decodeProtobuf = (spans: Json[]) => decodeTraces(protobuf(spans), OPTIONS);

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.toWellFormed());
const anyValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ intValue: String(value) })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((doubleValue) => ({ doubleValue: doubleValue + 0 })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), {
        maxLength: 3,
        selector: ([key]) => key.replaceAll('\0', ''),
      })
      .map((list) => ({ kvlistValue: { values: list.map(([key, value]) => ({ key, value })) } })),
  ),
})).value;
const attributes = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z_.]{0,20}$/), anyValue), {
    maxLength: 12,
    selector: ([key]) => key,
  })
  .map((list) => list.map(([key, value]) => attribute(key, value)));
const id = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((value) => value.some((byte) => byte !== 0))
    .map((value) => Buffer.from(value).toString('hex'));
const anySpan = fc
  .record({
    traceId: id(16),
    spanId: id(8),
    parentSpanId: fc.option(id(8), { nil: '' }),
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    attributes,
    events: fc.array(fc.record({ name: text, timeUnixNano: fc.constant(NOW_NS), attributes }), {
      maxLength: 3,
    }),
    status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: text }),
  })
  .map((item) => span(item));

/** Without the identity of objects: maps as lists. */
const comparable = (spans: RawSpan[]) =>
  spans.map((item) => ({
    ...item,
    resource: [...item.resource],
    attributes: [...item.attributes],
    events: item.events.map((event) => ({ ...event, attributes: [...event.attributes] })),
  }));

describe('decodeTraces', () => {
  test('protobuf and JSON of the same request give the same spans, and lose none', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 4 }), (spans) => {
        const fromProtobuf = decodeProtobuf(spans);
        const fromJson = decodeJson(spans);
        expect(fromProtobuf.refusals.count).toBe(0);
        expect(fromProtobuf.spans).toHaveLength(spans.length);
        expect(comparable(fromProtobuf.spans)).toEqual(comparable(fromJson.spans));
      }),
    );
  });

  test('every field of a span arrives as it was sent', () => {
    const [read] = decodeProtobuf([
      span({
        parentSpanId: 'b7ad6b7169203330',
        attributes: [
          attribute('gen_ai.usage.input_tokens', { intValue: '42' }),
          attribute('big', { intValue: '9223372036854775807' }),
          attribute('list', { arrayValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } }),
          attribute('blob', { bytesValue: Buffer.from('hi') }),
        ],
        events: [{ name: 'exception', timeUnixNano: NOW_NS, attributes: [] }],
        status: { code: 2, message: 'boom' },
      }),
    ]).spans;
    expect(read).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: 'b7ad6b7169203330',
      startNs: BigInt(NOW_NS),
      kind: 3,
      statusCode: 2,
      statusMessage: 'boom',
      scope: { name: 's', version: '1' },
    });
    expect(Object.fromEntries(read!.attributes)).toEqual({
      'gen_ai.usage.input_tokens': 42,
      big: '9223372036854775807',
      list: ['a', true],
      blob: 'aGk=',
    });
    expect(read!.resource.get('service.name')).toBe('shop');
    expect(read!.events[0]).toMatchObject({ name: 'exception', timeNs: BigInt(NOW_NS) });
  });

  test('a request that ends in the middle is refused whole, wherever it is cut', () => {
    const whole = protobuf([span({ attributes: [attribute('a', { stringValue: 'b' })] })]);
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeTraces(whole.subarray(0, length), OPTIONS)).toThrow(/not valid OTLP/);
    }
  });

  test('arbitrary bytes give an answer or an `invalid` error, never another one', () => {
    const valid = protobuf([span({ attributes: [attribute('a', { stringValue: 'b' })] }), span()]);
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
    const bytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(bytes, fc.constantFrom('protobuf', 'json'), (body, encoding) => {
        try {
          decodeTraces(body, { ...OPTIONS, encoding });
        } catch (error) {
          expect(isAppError(error) && error.code).toBe('invalid');
        }
      }),
      { numRuns: 2000 },
    );
  });

  const nanos = (ms: number): string => `${ms}000000`;
  test.each([
    ['a trace id of wrong length', { traceId: 'abcd' }, 'malformed'],
    ['a span id of zeros', { spanId: '0000000000000000' }, 'malformed'],
    ['no end time', { endTimeUnixNano: '0' }, 'malformed'],
    ['a start in 1970', { startTimeUnixNano: '1' }, 'too_old'],
    ['an end in 2100', { endTimeUnixNano: nanos(Date.UTC(2100, 0)) }, 'in_the_future'],
    [
      'too many attributes',
      { attributes: Array.from({ length: 129 }, (_, i) => attribute(`k${i}`, { boolValue: true })) },
      'too_many_attributes',
    ],
  ] as const)('a span with %s is refused alone, in both encodings', (_, overrides, reason) => {
    for (const decode of [decodeProtobuf, decodeJson]) {
      const { spans, refusals } = decode([span(), span(overrides), span()]);
      expect(spans).toHaveLength(2);
      expect(refusals).toMatchObject({ count: 1, byReason: { [reason]: 1 }, sender: 'shop' });
      expect(refusals.message).not.toBe('');
    }
  });

  test('the year 275760 is in the future and no crash', () => {
    const { refusals } = decodeJson([span({ endTimeUnixNano: '8640000000000000000000' })]);
    expect(refusals.byReason).toEqual({ in_the_future: 1 });
  });

  test('hostile keys and text are stored as plain data', () => {
    const hostile = [
      attribute('__proto__', { stringValue: 'x' }),
      attribute('map', {
        kvlistValue: {
          values: [
            {
              key: '__proto__',
              value: { kvlistValue: { values: [attribute('polluted', { boolValue: true })] } },
            },
          ],
        },
      }),
      attribute('nul', { stringValue: 'a\0b' }),
      attribute('constructor', { intValue: '1' }),
    ];
    for (const decode of [decodeProtobuf, decodeJson]) {
      const [read] = decode([span({ attributes: hostile })]).spans;
      expect([...read!.attributes.keys()]).toEqual(['__proto__', 'map', 'nul', 'constructor']);
      expect(read!.attributes.get('nul')).toBe('ab');
      expect(Object.getPrototypeOf(read!.attributes.get('map'))).toBeNull();
      expect(({} as Json).polluted).toBeUndefined();
    }
  });

  test('a lone surrogate, 1e400 and duplicate keys of JSON are tamed', () => {
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${JSON.stringify(
      span({ name: 'first' }),
    ).replace(
      '"attributes":[]',
      '"name":"second","attributes":[{"key":"lone","value":{"stringValue":"\\ud800"}},{"key":"huge","value":{"doubleValue":1e400}},{"key":"nan","value":{"doubleValue":"NaN"}}]',
    )}]}]}]}`;
    const [read] = decodeTraces(Buffer.from(body), { ...OPTIONS, encoding: 'json' }).spans;
    expect(read!.name).toBe('second');
    expect(Object.fromEntries(read!.attributes)).toEqual({ lone: '\ufffd', huge: 'Infinity', nan: 'NaN' });
  });

  test('long values are cut with a mark, deep nesting and long lists end at their limits', () => {
    let deep: Json = { stringValue: 'bottom' };
    for (let i = 0; i < 20; i++) deep = { arrayValue: { values: [deep] } };
    const long = [attribute('long', { stringValue: 'é'.repeat(40_000) }), attribute('deep', deep)];
    for (const decode of [decodeProtobuf, decodeJson]) {
      const [read] = decode([span({ attributes: long })]).spans;
      const value = String(read!.attributes.get('long'));
      expect(value).toMatch(/^é+…\[truncated\]$/);
      expect(Buffer.byteLength(value)).toBeLessThan(33_000);
      expect(JSON.stringify(read!.attributes.get('deep'))).toContain('[nested too deep]');
    }
  });

  test('names of enumerations and proto field names are understood in JSON', () => {
    const { traceId, spanId } = span();
    const item = {
      trace_id: String(traceId).toUpperCase(),
      span_id: spanId,
      kind: 'SPAN_KIND_CLIENT',
      start_time_unix_nano: Number(NOW_NS),
      end_time_unix_nano: NOW_NS,
      status: { code: 'STATUS_CODE_ERROR' },
      unknownField: { deep: [1] },
    };
    const body = { resource_spans: [{ scope_spans: [{ spans: [item] }] }] };
    const { spans } = decodeTraces(Buffer.from(JSON.stringify(body)), { ...OPTIONS, encoding: 'json' });
    expect(spans[0]).toMatchObject({ traceId, kind: 3, statusCode: 2 });
  });

  test('content and secrets are dropped unless content is captured; secrets always', () => {
    const sent = [
      'gen_ai.input.messages',
      'llm.input_messages.0.message.content',
      'input.value',
      'ai.prompt.messages',
      'traceloop.entity.input',
      'gen_ai.prompt.0.content',
      'ai.toolCall.args',
      'gen_ai.tool.call.arguments',
      'mlflow.spanInputs',
      'ai.request.headers.authorization',
      'gen_ai.usage.input_tokens',
      'gen_ai.prompt.name',
      'llm.token_count.prompt',
      'exception.message',
    ].map((key) => attribute(key, { stringValue: 'x' }));
    const keys = (captureContent: boolean) => [
      ...decodeTraces(json([span({ attributes: sent })]), {
        ...OPTIONS,
        encoding: 'json',
        captureContent,
      }).spans[0]!.attributes.keys(),
    ];
    const plain = [
      'gen_ai.usage.input_tokens',
      'gen_ai.prompt.name',
      'llm.token_count.prompt',
      'exception.message',
    ];
    expect(keys(false)).toEqual(plain);
    expect(keys(true)).toHaveLength(sent.length - 1);
  });
});
