import type { Chance } from '../history/chance.ts';

/**
 * Fuzzing the doors of the whole product: requests made from the schemas that check them, spoilt, as anonymous,
 * weak and strong actors. No answer is a 5xx, no process ends, no secret comes out. `npm run bench -- fuzz` is the
 * long run, tests/e2e/fuzz.spec.ts the short one.
 *
 * This file holds what is sent where something else is expected.
 */

/** JSON that no value of the language stringifies to; `toJsonText` writes it as it is. */
const raw = (text: string): string => `@raw:${Buffer.from(text).toString('base64')}@`;

const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '0',
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  Number.MIN_VALUE,
  raw('1e400'),
  raw('-0'),
  raw('99999999999999999999999999999999'),
  raw('{"__proto__":{"role":"admin"}}'),
  raw('{"constructor":{"prototype":{"a":1}}}'),
  raw('{"a":1,"a":{"b":2}}'),
  raw(`${'['.repeat(31)}${']'.repeat(31)}`),
  raw(`${'['.repeat(5000)}${']'.repeat(5000)}`),
  raw(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`),
  [],
  {},
  [[]],
  [null],
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff tail',
  '\ufeff\u202e\u2028',
  'é'.normalize('NFD').repeat(50),
  'x'.repeat(300),
  'x'.repeat(70_000),
  '👩‍🚀'.repeat(2000),
  '__proto__',
  'constructor',
  'toString',
  '../../../../etc/passwd',
  '%00',
  '%',
  "' or 1=1 --",
  '"; drop table users; --',
  '$1',
  '$F1',
  '$@0',
  '$K1',
  '$1:__proto__:then',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  '=HYPERLINK("http://127.0.0.1:9")',
  'http://127.0.0.1:9/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:127.0.0.1]:9/',
  'file:///etc/passwd',
  'a\r\nx-injected: 1',
  '+275760-09-13T00:00:00.001Z',
  '0000-00-00',
  'Infinity',
  'NaN',
  '{{7*7}}<%= 7*7 %>',
  '(a+)+$',
  '(((((((((((((((((((((((((((((((',
  '\\',
  '00000000-0000-0000-0000-000000000000',
  'admin',
  'FREQ=SECONDLY',
];

export function hostileValue(chance: Chance): unknown {
  return pick(chance, HOSTILE);
}

export function hostileText(chance: Chance): string {
  const value = hostileValue(chance);
  return typeof value === 'string' ? value : toJsonText(value);
}

export function pick<T>(chance: Chance, list: readonly T[]): T {
  if (list.length === 0) throw new RangeError('nothing to pick from');
  return list[Math.floor(chance.next() * list.length)] as T;
}

/** JSON with the raw parts in their places. */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(/"@raw:([^@]*)@"/g, (_, inner: string) => Buffer.from(inner, 'base64').toString());
}

/** Spoils bytes in one of five ways, one to eight times. */
export function spoilBytes(body: Buffer, chance: Chance): Buffer {
  const any = (below: number) => Math.floor(chance.next() * below);
  let bytes = Buffer.from(body.length === 0 ? '{}' : body);
  for (let times = 1 + any(8); times > 0; times--) {
    const at = any(bytes.length);
    const way = any(5);
    if (way === 0) bytes[at] = any(256);
    else if (way === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << any(8));
    else if (way === 2) bytes = bytes.subarray(0, at + 1);
    else if (way === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + any(10), any(256)), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(any(bytes.length))]);
  }
  return bytes;
}

/** Bytes that follow no rule at all. */
export function randomBytes(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: 1 + Math.floor(chance.next() * 400) }, () => chance.next() * 256));
}
