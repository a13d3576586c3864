import { expect, test } from 'vitest';
import { decodeLogs } from '../decode-logs.ts';
import { decodeMetrics } from '../decode-metrics.ts';
import { decodeTraces } from '../decode-traces.ts';

const LIMITS = { nowMs: Date.now(), maxAgeMs: 86_400_000, maxFutureMs: 600_000 };
const DECODERS = {
  traces: (bytes: Uint8Array) => decodeTraces(bytes, LIMITS),
  logs: (bytes: Uint8Array) => decodeLogs(bytes, LIMITS),
  metrics: (bytes: Uint8Array) => decodeMetrics(bytes, { ...LIMITS, isKnown: () => false }),
};
const SIGNALS = Object.keys(DECODERS) as (keyof typeof DECODERS)[];

/** The bytes as the only field of a request, of its first resource, and of that one's first scope. */
function atEveryLevel(bytes: readonly number[]): Uint8Array[] {
  const inside = (tag: number, inner: readonly number[]): number[] => [tag, inner.length, ...inner];
  return [bytes, inside(10, bytes), inside(10, inside(18, bytes))].map((each) => Uint8Array.from(each));
}

const MALFORMED: Record<string, number[]> = {
  'field number 0': [0x00, 0x01],
  'field number 0 of a length-delimited field': [0x02, 0x01, 0x41],
  'a field number beyond 2^29': [0x80, 0x80, 0x80, 0x80, 0x10, 0x01],
  'wire type 6': [0x7e, 0x01],
  'wire type 7': [0x7f, 0x01],
  'a varint of eleven bytes': [0x78, ...new Array(10).fill(0x80), 0x01],
  'a varint beyond 64 bits': [0x78, ...new Array(9).fill(0xff), 0x02],
  'the end of a group that never began': [0x7c],
  'a group that never ends': [0x7b, 0x08, 0x01],
  'a group that ends under another number': [0x7b, 0x08, 0x01, 0x74],
  'groups nested without measure': [...new Array(40).fill(0x7b), ...new Array(40).fill(0x7c)],
  'a group with field number 0 inside': [0x7b, 0x00, 0x01, 0x7c],
};

test.each(Object.entries(MALFORMED))(
  '%s fails the request, at every level of every signal',
  (_what, bytes) => {
    for (const signal of SIGNALS) {
      for (const message of atEveryLevel(bytes)) {
        expect(() => DECODERS[signal](message), signal).toThrow(/not valid OTLP/);
      }
    }
  },
);

test.each<[string, number[]]>([
  ['a group', [0x7b, 0x08, 0x01, 0x73, 0x08, 0x01, 0x74, 0x7c]],
  ['a varint of 64 bits', [0x78, ...new Array(9).fill(0xff), 0x01]],
  ['the highest field number', [0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01]],
])('%s of an unknown field is skipped', (_what, bytes) => {
  for (const signal of SIGNALS) {
    for (const message of atEveryLevel(bytes)) expect(() => DECODERS[signal](message), signal).not.toThrow();
  }
});
