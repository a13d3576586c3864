import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RedactionKind } from '#lib/model/redaction.ts';
import { patternProblem } from '#lib/model/redaction-schema.ts';
import { createRedactor, previewRedaction } from './redactor.ts';

const rule = (kind: RedactionKind, pattern: string | null = null) => ({
  name: kind,
  ...{ kind, pattern },
  replacement: '[x]',
});
const redact = (kind: RedactionKind, text: string, pattern: string | null = null) =>
  createRedactor([rule(kind, pattern)]).redact(text);

test.each([
  ['email', 'write to ada.l+tag@mail.example.co.uk, now', 'write to [x], now'],
  ['email', 'grüße@exämple.de and @handle', '[x] and @handle'],
  ['phone', 'call +49 (0)30 123-4567 or 030/1234567', 'call [x] or [x]'],
  ['phone', '(555) 123-4567', '[x]'],
  ['phone', 'on 2026-11-28 at 1732800000 from 192.168.100.200: 3.14159265', null],
  ['card', 'pay 4111 1111 1111 1111 or 5500-0000-0000-0004', 'pay [x] or [x]'],
  ['card', 'order 12 4111 1111 1111 1111 7', 'order 12 [x] 7'],
  ['card', '378282246310005', '[x]'],
  ['card', '4111111111111112 and 1732800000000000', null],
  ['secret', 'sk-proj-abcdefghij0123456789 ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[x] [x]'],
  ['secret', '{\\"password\\":\\"hunter22\\"} API_KEY=abc123def', '{\\"password\\":\\"[x]\\"} API_KEY=[x]'],
  ['secret', 'AKIAIOSFODNN7EXAMPLE at postgres://app:s3cr3t@db/x', '[x] at postgres://app:[x]@db/x'],
  ['secret', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nmore', '[x]'],
  ['secret', 'the password is on the desk; secretary: Ada', null],
] as const)('%s: %s', (kind, text, wanted) => {
  expect(redact(kind, text)).toBe(wanted ?? text);
});

test('a pattern replaces literally what it finds, whatever its replacement looks like', () => {
  const rules = [{ name: 'a', kind: 'pattern', pattern: 'CUST-(\\d+)', replacement: '$1\\1$&' }] as const;
  expect(createRedactor(rules).redact('CUST-1 and CUST-22')).toBe('$1\\1$& and $1\\1$&');
});

test('rules apply in their order, and a preview counts what each found', () => {
  const rules = [rule('pattern', 'ada@\\w+\\.test'), rule('email')];
  expect(previewRedaction(rules, 'ada@x.test bob@x.test')).toEqual({
    text: '[x] [x]',
    found: [
      { name: 'pattern', count: 1 },
      { name: 'email', count: 1 },
    ],
  });
});

test('one rule that cannot be applied lets no text through, also not that of the good ones', () => {
  for (const broken of ['(', '(?=x)', '', 'a*', '(a{1,1000}){1,1000}']) {
    expect(patternProblem(broken)).not.toBeNull();
    const redactor = createRedactor([rule('email'), rule('pattern', broken)]);
    expect(() => redactor.redact('ada@x.test')).toThrow();
  }
  const endless = createRedactor([{ ...rule('pattern', '.'), replacement: 'x'.repeat(100) }]);
  expect(() => endless.redact('a'.repeat(30_000))).toThrow('beyond measure');
});

test('security P13: hostile text of the largest size is redacted in linear time by every rule', () => {
  const hostile = [
    'a'.repeat(32_768),
    '1 '.repeat(16_384),
    '1'.repeat(32_768),
    '@.'.repeat(16_384),
    'a@'.repeat(16_384),
    '-----BEGIN PRIVATE KEY-----'.repeat(1200),
    'eyJ'.repeat(10_000),
    'password='.repeat(3600),
    '://a:'.repeat(6500),
    '+('.repeat(16_000),
  ];
  const redactor = createRedactor([
    ...(['email', 'phone', 'card', 'secret'] as const).map((kind) => rule(kind)),
    rule('pattern', '(a+)+$'),
  ]);
  for (const text of hostile) {
    const from = performance.now();
    redactor.redact(text);
    expect(performance.now() - from, text.slice(0, 30)).toBeLessThan(1500);
  }
});

test('whatever stands around an address, it is gone', () => {
  const around = fc.string({ maxLength: 40 });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const text = redact('email', `${before} ada@mail.example ${after}`);
      expect(text).not.toContain('ada@mail.example');
    }),
  );
});
