import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { attribute, double, field, fixed64, offsetsOf, text, varint } from './protobuf.ts';

/** Makes the body of the n-th request; bodies never repeat, so that none is taken for a retry. */
export interface RequestMaker {
  headers: Record<string, string>;
  path: string;
  pointsPerRequest: number;
  body(n: number): Buffer;
}

export type Format =
  | 'otlp-proto'
  | 'otlp-proto-gzip'
  | 'otlp-json'
  | 'otlp-traces'
  | 'influx-line'
  | 'remote-write';

export interface Shape {
  agents: number;
  metricsPerAgent: number;
  agentsPerRequest: number;
}

const MARKER = 0x1122_3344_5566_7788n;
const metricName = (i: number) => `agent.measure.${i}`;
const agentName = (i: number) => `agent-${String(i).padStart(5, '0')}`;

function otlpResource(agent: number, metrics: number): Buffer {
  const resource = field(
    1,
    2,
    attribute(1, 'service.name', agentName(agent)),
    attribute(1, 'service.instance.id', `${agentName(agent)}-0`),
    attribute(1, 'deployment.environment.name', 'bench'),
  );
  const points = Array.from({ length: metrics }, (_, i) => {
    const point = field(
      1,
      2,
      fixed64(3, MARKER),
      double(4, (agent * 7 + i * 13) % 100),
      attribute(7, 'pool', 'main'),
    );
    return field(2, 2, text(1, metricName(i)), text(3, '1'), field(5, 2, point));
  });
  return field(1, 2, resource, field(2, 2, ...points));
}

/** A group of agents as one request body whose time stamps can be moved. */
function patchable(template: Buffer): (nanoseconds: bigint) => Buffer {
  const offsets = offsetsOf(template, MARKER);
  return (nanoseconds) => {
    const body = Buffer.from(template);
    for (const offset of offsets) body.writeBigUInt64LE(nanoseconds, offset);
    return body;
  };
}

function groups(shape: Shape): number[][] {
  const count = Math.floor(shape.agents / shape.agentsPerRequest);
  return Array.from({ length: count }, (_, group) =>
    Array.from({ length: shape.agentsPerRequest }, (_, i) => group * shape.agentsPerRequest + i),
  );
}

/** Time of the n-th request: real time, moved by less than a millisecond so that no two are equal. */
const stamp = (n: number): bigint => BigInt(Date.now()) * 1_000_000n + BigInt(n % 1_000_000);

function otlpProto(shape: Shape, zip: boolean): RequestMaker {
  const bodies = groups(shape).map((agents) =>
    patchable(Buffer.concat(agents.map((agent) => otlpResource(agent, shape.metricsPerAgent)))),
  );
  return {
    path: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf', ...(zip && { 'content-encoding': 'gzip' }) },
    pointsPerRequest: shape.agentsPerRequest * shape.metricsPerAgent,
    body: (n) => {
      const body = bodies[n % bodies.length]?.(stamp(n)) ?? Buffer.alloc(0);
      return zip ? gzipSync(body, { level: 1 }) : body;
    },
  };
}

function otlpJson(shape: Shape): RequestMaker {
  const attributes = (pairs: Record<string, string>) =>
    Object.entries(pairs).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const placeholder = '"@time@"';
  const bodies = groups(shape).map((agents) =>
    JSON.stringify({
      resourceMetrics: agents.map((agent) => ({
        resource: {
          attributes: attributes({
            'service.name': agentName(agent),
            'service.instance.id': `${agentName(agent)}-0`,
            'deployment.environment.name': 'bench',
          }),
        },
        scopeMetrics: [
          {
            metrics: Array.from({ length: shape.metricsPerAgent }, (_, i) => ({
              name: metricName(i),
              unit: '1',
              gauge: {
                dataPoints: [
                  {
                    timeUnixNano: '@time@',
                    asDouble: (agent * 7 + i * 13) % 100,
                    attributes: attributes({ pool: 'main' }),
                  },
                ],
              },
            })),
          },
        ],
      })),
    }),
  );
  return {
    path: '/v1/metrics',
    headers: { 'content-type': 'application/json' },
    pointsPerRequest: shape.agentsPerRequest * shape.metricsPerAgent,
    body: (n) => Buffer.from(bodies[n % bodies.length]?.replaceAll(placeholder, `"${stamp(n)}"`) ?? ''),
  };
}

/** One run of an agent: its span, a model call and a tool call, as the current conventions name them. */
function otlpRun(agent: number, n: number): Buffer {
  const resource = field(
    1,
    2,
    attribute(1, 'service.name', 'bench-fleet'),
    attribute(1, 'deployment.environment.name', 'bench'),
  );
  const trace = randomBytes(16);
  const [run, call, tool] = [randomBytes(8), randomBytes(8), randomBytes(8)];
  const end = stamp(n);
  const millis = (count: number) => BigInt(Math.round(count * 1e6));
  const span = (
    id: Buffer,
    parent: Buffer | null,
    name: string,
    durationMs: number,
    ...attributes: Buffer[]
  ) =>
    field(
      2,
      2,
      field(1, 2, trace),
      field(2, 2, id),
      ...(parent === null ? [] : [field(4, 2, parent)]),
      text(5, name),
      field(6, 0, varint(1)),
      fixed64(7, end - millis(durationMs)),
      fixed64(8, end),
      ...attributes,
      ...(parent === null && (agent + n) % 50 === 0 ? [field(15, 2, field(3, 0, varint(2)))] : []),
    );
  const tokens = (key: string, count: number) =>
    field(9, 2, text(1, key), field(2, 2, field(3, 0, varint(count))));
  const duration = 300 + ((agent * 37 + n) % 900);
  return field(
    1,
    2,
    resource,
    field(
      2,
      2,
      span(
        call,
        run,
        'chat gpt-4o',
        duration * 0.7,
        attribute(9, 'gen_ai.operation.name', 'chat'),
        attribute(9, 'gen_ai.request.model', 'gpt-4o'),
        attribute(9, 'gen_ai.provider.name', 'openai'),
        tokens('gen_ai.usage.input_tokens', 900 + agent),
        tokens('gen_ai.usage.output_tokens', 120),
      ),
      span(
        tool,
        run,
        'execute_tool search',
        duration * 0.2,
        attribute(9, 'gen_ai.operation.name', 'execute_tool'),
        attribute(9, 'gen_ai.tool.name', 'search'),
      ),
      span(
        run,
        null,
        `invoke_agent ${agentName(agent)}`,
        duration,
        attribute(9, 'gen_ai.operation.name', 'invoke_agent'),
        attribute(9, 'gen_ai.agent.name', agentName(agent)),
      ),
    ),
  );
}

/** Three spans a run; ids are random, so each body is made when it is sent. */
function otlpTraces(shape: Shape): RequestMaker {
  const all = groups(shape);
  return {
    path: '/v1/traces',
    headers: { 'content-type': 'application/x-protobuf' },
    pointsPerRequest: shape.agentsPerRequest * 3,
    body: (n) => Buffer.concat((all[n % all.length] ?? []).map((agent) => otlpRun(agent, n))),
  };
}

/** InfluxDB line protocol: one line an agent, as its users write it. */
function influxLine(shape: Shape): RequestMaker {
  const all = groups(shape);
  return {
    path: '/write?db=bench&precision=ns',
    headers: { 'content-type': 'text/plain' },
    pointsPerRequest: shape.agentsPerRequest * shape.metricsPerAgent,
    body: (n) => {
      const time = stamp(n);
      const lines = (all[n % all.length] ?? []).map((agent) => {
        const fields = Array.from(
          { length: shape.metricsPerAgent },
          (_, i) => `m${i}=${(agent * 7 + i * 13 + n) % 100}`,
        );
        return `agent,agent=${agentName(agent)},pool=main ${fields.join(',')} ${time}`;
      });
      return Buffer.from(lines.join('\n'));
    },
  };
}

/** Snappy block format with literals only: what every reader accepts and no encoder time is spent on. */
function snappyLiterals(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let length = body.length;
  const head: number[] = [];
  while (length > 127) {
    head.push((length & 127) | 128);
    length >>>= 7;
  }
  head.push(length);
  parts.push(Buffer.from(head));
  for (let at = 0; at < body.length; at += 65_536) {
    const piece = body.subarray(at, at + 65_536);
    const size = piece.length - 1;
    parts.push(Buffer.from([61 << 2, size & 255, size >> 8]), piece);
  }
  return Buffer.concat(parts);
}

/** Prometheus remote-write 1.0; a time in milliseconds as a ten-byte varint is patched in place. */
function remoteWrite(shape: Shape): RequestMaker {
  const all = groups(shape);
  const label = (name: string, value: string) => field(1, 2, text(1, name), text(2, value));
  let last = 0;
  return {
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    pointsPerRequest: shape.agentsPerRequest * shape.metricsPerAgent,
    body: (n) => {
      last = Math.max(last + 1, Date.now());
      const time = Buffer.alloc(7);
      for (let i = 0, rest = last; i < 7; i++, rest = Math.floor(rest / 128))
        time[i] = (rest % 128) | (i < 6 ? 128 : 0);
      const series: Buffer[] = [];
      for (const agent of all[n % all.length] ?? []) {
        for (let i = 0; i < shape.metricsPerAgent; i++) {
          const sample = field(2, 2, double(1, (agent * 7 + i * 13) % 100), field(2, 0, time));
          series.push(
            field(
              1,
              2,
              label('__name__', `agent_m${i}`),
              label('agent', agentName(agent)),
              label('pool', 'main'),
              sample,
            ),
          );
        }
      }
      return snappyLiterals(Buffer.concat(series));
    },
  };
}

export function requestMaker(format: Format, shape: Shape): RequestMaker {
  switch (format) {
    case 'otlp-proto':
      return otlpProto(shape, false);
    case 'otlp-proto-gzip':
      return otlpProto(shape, true);
    case 'otlp-json':
      return otlpJson(shape);
    case 'otlp-traces':
      return otlpTraces(shape);
    case 'influx-line':
      return influxLine(shape);
    case 'remote-write':
      return remoteWrite(shape);
  }
}
