import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createIngestRig, type IngestRig } from './ingest-rig.ts';
import { metricsPayload, sendOnce, tracesPayload } from './otlp-client.ts';

const PER_AGENT = 50;
const PER_TEAM = 80;
const MIB = 1024 * 1024;

let rig: IngestRig;
beforeAll(async () => {
  rig = await createIngestRig({
    MAX_SERIES_PER_AGENT: String(PER_AGENT),
    MAX_SERIES_PER_TEAM: String(PER_TEAM),
  });
});
afterAll(() => rig.close());

/** A sender whose body never ends; started first, looked at last, because it may drip for half a minute. */
let drip: { closed: Promise<unknown> };
beforeAll(() => {
  const socket = connect(Number(new URL(rig.otlpUrl).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: ${rig.key}\r\n`);
  socket.write('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
  const timer = setInterval(() => socket.write('1\r\n \r\n'), 500);
  drip = { closed: new Promise((resolve) => socket.once('close', resolve)).then(() => clearInterval(timer)) };
});
afterEach(() => expect(rig.ingestAlive()).toBe(true));

const send = (signal: string, body: object | string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${rig.otlpUrl}/v1/${signal}`, {
    method: 'POST',
    body: Buffer.isBuffer(body) || typeof body === 'string' ? (body as BodyInit) : JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-api-key': rig.key, ...headers },
  });
const proto = { 'content-type': 'application/x-protobuf' };
const nowNs = (): string => `${Date.now()}000000`;

interface Partial {
  partialSuccess?: Record<string, string>;
}

/** Runs a query that gives one number. */
async function count(text: string, values: unknown[] = []): Promise<number> {
  return Number((await rig.rows<{ n: string }>(text, values))[0]?.n);
}
const spansOf = (service: string): Promise<number> =>
  count(`select count(*) as n from spans s join agents a on a.id = s.agent_id where a.name = $1`, [service]);

/** A traces request of one good span and another that a test has spoilt. */
function withNeighbour(service: string, index: number, spoilt: Record<string, unknown>): object {
  const payload = tracesPayload(service, index, 2) as {
    resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
  };
  Object.assign(payload.resourceSpans[0]!.scopeSpans[0]!.spans[1]!, spoilt);
  return payload;
}

describe('what can not be parsed is answered 400 with a Status', () => {
  test.each([
    ['truncated protobuf', 'traces', Buffer.from([10, 200, 1, 10, 5, 1]), proto],
    ['protobuf of random bytes', 'metrics', Buffer.alloc(64, 0xff), proto],
    ['broken JSON', 'logs', '{"resourceLogs":[', {}],
    ['JSON that is no object', 'traces', '[1,2,3]', {}],
    ['an empty JSON string', 'metrics', '""', {}],
    ['bytes that are no UTF-8', 'traces', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), {}],
    [
      'gzip that ends early',
      'traces',
      gzipSync('{"resourceSpans":[]}').subarray(0, 14),
      { 'content-encoding': 'gzip' },
    ],
  ])('%s', async (_what, signal, body, headers) => {
    const answer = await send(signal, body, headers);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe(
      headers === proto ? 'application/x-protobuf' : 'application/json',
    );
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (headers === proto) expect([...bytes.subarray(0, 2)]).toEqual([8, 3]);
    else expect(JSON.parse(bytes.toString())).toMatchObject({ code: 3, message: expect.any(String) });
  });
});

describe('sizes', () => {
  test('security P8: a gzip bomb of 1 GiB is answered 413 and leaves no memory behind', async () => {
    const bomb = gzipSync(Buffer.alloc(1024 * MIB));
    expect(bomb.length).toBeLessThan(2 * MIB);
    for (let i = 0; i < 3; i++) {
      expect((await send('traces', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    }
    const read = async (name: string): Promise<number> => {
      const metrics = await (await fetch(`${rig.otlpUrl}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
    };
    // The few bytes are those of the sender that drips.
    await expect.poll(() => read('pitwall_ingest_in_flight_bytes')).toBeLessThan(1_000);
    expect(await read('process_resident_memory_bytes')).toBeLessThan(700 * MIB);
  });

  test('security P8: a body over the cap is answered 413', async () => {
    expect((await send('logs', Buffer.alloc(21 * MIB, ' '))).status).toBe(413);
  });

  test('an empty body, an empty request and a wrong content type have clear answers', async () => {
    expect((await send('traces', '')).status).toBe(200);
    expect((await send('traces', '', proto)).status).toBe(200);
    expect((await send('metrics', '{}')).status).toBe(200);
    expect((await send('metrics', '{}', { 'content-type': 'text/xml' })).status).toBe(415);
  });

  test('security P9: nesting of 100,000 levels is bounded', async () => {
    const deep = '{"arrayValue":{"values":['.repeat(100_000) + ']}}'.repeat(100_000);
    const body = JSON.stringify(tracesPayload('deep-agent', 1, 2)).replace(
      '{"stringValue":"invoke_agent"}',
      deep,
    );
    const answer = await send('traces', body);
    expect([200, 400]).toContain(answer.status);
    expect((await send('traces', tracesPayload('deep-neighbour', 2, 2))).status).toBe(200);
  });
});

describe('one bad item never costs its neighbours', () => {
  test('spans from 1970 and from 2100 are refused by count, their neighbours kept', async () => {
    const cases = [
      ['past', '1000000000', '2000000000'],
      ['future', '4102444800000000000', '4102444801000000000'],
    ];
    for (const [index, [name, start, end]] of cases.entries()) {
      const payload = withNeighbour(`time-${name}`, 10 + index, {
        startTimeUnixNano: start,
        endTimeUnixNano: end,
      });
      const answer = (await (await send('traces', payload)).json()) as Partial;
      expect(answer.partialSuccess).toMatchObject({ rejectedSpans: '1' });
      expect(await spansOf(`time-${name}`)).toBe(1);
    }
  });

  test('a span without a valid id is refused alone', async () => {
    const answer = await send('traces', withNeighbour('no-id', 20, { spanId: '00' }));
    expect(((await answer.json()) as Partial).partialSuccess?.rejectedSpans).toBe('1');
    expect(await spansOf('no-id')).toBe(1);
  });

  test('security P10: 1e400, NaN and Infinity are refused alone', async () => {
    const good = JSON.stringify(metricsPayload('number-agent', 30, 4, 7));
    let replaced = 0;
    const values = ['1e400', '"NaN"', '"-Infinity"'];
    const body = good.replace(/"asDouble":7/g, (match) =>
      replaced < values.length ? `"asDouble":${values[replaced++]}` : match,
    );
    const answer = (await (await send('metrics', body)).json()) as Partial;
    expect(answer.partialSuccess?.rejectedDataPoints).toBe('3');
    expect(
      await count(
        `select count(*) as n from metric_points p join metric_sets m on m.id = p.set_id
         join agents a on a.id = m.agent_id where a.name = 'number-agent'`,
      ),
    ).toBe(1);
  });

  test('security P10: NUL, lone surrogates, __proto__ and duplicate keys are stored harmlessly', async () => {
    const body = JSON.stringify(tracesPayload('odd-agent', 40, 2))
      .replace('"invoke_agent odd-agent"', '"run\\u0000\\ud800 end"')
      .replace(
        '"attributes":[{"key":"gen_ai.operation.name"',
        `"__proto__":{"polluted":true},"name":"second","attributes":[
          {"key":"__proto__","value":{"stringValue":"x"}},{"key":"constructor","value":{"stringValue":"y"}},
          {"key":"nul\\u0000key","value":{"stringValue":"a\\u0000b"}},
          {"key":"map","value":{"kvlistValue":{"values":[{"key":"__proto__","value":{"stringValue":"z"}}]}}},
          {"key":"gen_ai.operation.name"`,
      );
    const answer = await send('traces', body);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('{}');
    expect(await spansOf('odd-agent')).toBe(2);
  });

  test('security P4: the key stands in no answer, no log line and no row', async () => {
    await send('traces', '{"broken', { 'x-api-key': rig.key });
    const wrong = await send('traces', '{}', { 'x-api-key': `${rig.key}-wrong` });
    expect(await wrong.text()).not.toContain(rig.key);
    expect(rig.log()).not.toContain(rig.key);
  });

  test('security P5: a key that may only read can not ingest', async () => {
    const answer = await sendOnce(`${rig.otlpUrl}/v1/traces`, rig.readerKey, tracesPayload('reader', 50));
    expect(answer.status).toBe(403);
    expect(await count(`select count(*) as n from agents where name = 'reader'`)).toBe(0);
  });
});

/** One request with `labels` different values of an attribute that makes series. */
function manyLabels(service: string, from: number, labels: number): object {
  const dataPoints = Array.from({ length: labels }, (_, i) => ({
    timeUnixNano: nowNs(),
    asDouble: 1,
    attributes: [{ key: 'gen_ai.request.model', value: { stringValue: `model-${from + i}` } }],
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const metrics = [{ name: 'load', unit: '1', gauge: { dataPoints } }];
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] };
}

describe('security P9: label cardinality', () => {
  test('a million distinct label values make no more series than the caps allow, visibly counted', async () => {
    const each = 50_000;
    let refused = 0;
    for (let from = 0; from < 1_000_000; from += each) {
      const answer = await send('metrics', manyLabels('label-storm', from, each));
      expect(answer.status).toBe(200);
      refused += Number(((await answer.json()) as Partial).partialSuccess?.rejectedDataPoints);
    }
    expect(refused).toBe(1_000_000 - PER_AGENT);
    const series = `select count(*) as n from series where scope = 'stream'`;
    expect(await count(`${series} and agent_id = (select id from agents where name = 'label-storm')`)).toBe(
      PER_AGENT,
    );
    const metrics = await (await fetch(`${rig.otlpUrl}/metrics`)).text();
    expect(metrics).toContain(
      `items_refused_total{signal="metrics",reason="too_many_series"} ${1_000_000 - PER_AGENT}`,
    );
    await send('metrics', manyLabels('label-neighbour', 0, 60));
    expect(await count(series)).toBe(PER_TEAM);
  }, 170_000);
});

test('a sender that drips its body was cut off while all others were served', async () => {
  await drip.closed;
  expect((await send('traces', tracesPayload('not-slow', 3, 2))).status).toBe(200);
}, 60_000);
