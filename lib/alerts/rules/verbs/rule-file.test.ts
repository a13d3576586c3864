import { describe, expect, test } from 'vitest';
import { Lexer } from 'yaml';
import { isAppError } from '#lib/kernel/errors.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { MAX_LEXEMES, readRuleFile, writeRuleFile } from './rule-file.ts';

/** How reading ends, and how long it held a processor in milliseconds, whatever else the machine does. */
function read(text: string): { code: string; ms: number } {
  const begin = process.cpuUsage();
  const heldMs = () => {
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  };
  try {
    readRuleFile(text);
    return { code: 'taken', ms: heldMs() };
  } catch (error) {
    return { code: isAppError(error) ? error.code : String(error), ms: heldMs() };
  }
}

/** Each anchor holds ten of the one before: ten to the power of the depth. */
function laughs(depth: number): string {
  const lines = ['a0: &a0 [lol]'];
  for (let i = 1; i <= depth; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`);
  return `${lines.join('\n')}\nrules: *a${depth}\n`;
}

const hostile: [name: string, text: string][] = [
  ['a billion laughs', laughs(9)],
  ['an anchor that holds itself', 'rules: &a [*a]'],
  ['an alias that nothing defines', 'rules: *nothing'],
  ['merge keys that unfold', `x: &x {a: 1}\ny: &y {<<: [${'*x,'.repeat(200)}]}\nrules: [*y]`],
  [
    'more rules than a file may hold',
    `rules:\n${'- {name: x, enabled: true, definition: {}}\n'.repeat(5000)}`,
  ],
  ['nesting without end', `rules: ${'['.repeat(2000)}${']'.repeat(2000)}`],
  ['a key called __proto__', 'rules: []\n__proto__: {polluted: true}'],
  ['a tag that would make code', 'rules: !!js/function "function () { return 1 }"'],
  ['several documents', 'rules: []\n---\nrules: []\n'],
  ['control characters', 'rules: [{name: "\u0000", enabled: true}]'],
];

/** As large as the import lets in. */
const SIZE = 256_000;
const fill = (piece: string, before = '', after = '') =>
  before + piece.repeat(Math.floor((SIZE - before.length - after.length) / piece.length)) + after;

/** Pieces that differ, up to the size. */
function filled(piece: (i: number) => string, before = '', after = ''): string {
  const parts = [before];
  for (let i = 0, length = before.length + after.length; ; i++) {
    const next = piece(i);
    length += next.length;
    if (length > SIZE) return [...parts, after].join('');
    parts.push(next);
  }
}

/** As much of a text as is parsed at all. */
function parsedPart(text: string): string {
  let [count, length] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    if (++count >= MAX_LEXEMES) break;
    length += lexeme.length;
  }
  return text.slice(0, length - 10);
}

/** What takes a parser longest for its size: seconds to more than a minute, before there were bounds. */
const slow: [name: string, text: string][] = [
  ['commas', fill(',', '[', ']')],
  ['keys of a mapping in lines', filled((i) => `k${i}:\n`, 'rules: []\n')],
  ['keys of a mapping in braces', filled((i) => `k${i},`, 'rules: []\nx: {', '}')],
  ['one key again and again', fill('a: 1\n')],
  ['wrong escapes', fill('"\\z" ')],
  ['strings side by side', fill('"" ')],
  ['tags', fill('!a ')],
  ['anchors', fill('&a ')],
  ['aliases', fill('- *a\n', '- &a a\n')],
  ['open brackets', fill('[')],
  ['items', fill('- a\n')],
  ['mappings in a list', fill('{},', '[', ']')],
  ['block scalars', fill('- |\n')],
  ['directives', fill('%a\n')],
  ['colons', fill(': ')],
  ['rules that are nothing', fill('{},', 'rules: [', ']')],
  [
    'a rule of many labels',
    filled((i) => `l${i}: v\n      `, 'rules:\n  - name: x\n    enabled: true\n    definition:\n      '),
  ],
];

describe('a file of rules', () => {
  test.each(slow)(
    'security U14: as many %s as a file has room for take tenths of a second',
    (_name, text) => {
      expect(text.length).toBeLessThanOrEqual(SIZE);
      const { code, ms } = read(text);
      expect(code).toBe('invalid');
      expect(ms).toBeLessThan(1000);
      expect(read(parsedPart(text)).ms).toBeLessThan(1000);
    },
  );

  test('a file that is full of rules is taken, and is made of fewer parts than it may', () => {
    const definition = ruleDefinitionSchema.parse({
      ...{ type: 'ratio', ratio: 'error_rate', levels: { warning: 0.1, critical: 0.3 }, minimumCount: 20 },
      ...{ recovery: { warning: 0.08, critical: 0.25 }, keepFiringForSeconds: 120, title: 'Runs fail' },
    });
    const one = writeRuleFile([{ name: 'rule 0000', enabled: true, definition }]);
    const count = Math.floor(SIZE / one.length);
    const rules = Array.from({ length: count }, (_, i) => ({
      ...{
        name: `rule ${String(i).padStart(4, '0')}`,
        enabled: true,
        definition: structuredClone(definition),
      },
    }));
    const text = writeRuleFile(rules);
    expect(text.length).toBeGreaterThan(SIZE * 0.9);
    expect(readRuleFile(text)).toHaveLength(count);
    expect([...new Lexer().lex(text)].length).toBeLessThan(MAX_LEXEMES);
  });

  test('the first mistake is told with its place, and a key that stands there twice by its name', () => {
    const words = (text: string) => {
      try {
        return String(readRuleFile(text).length);
      } catch (error) {
        return isAppError(error) ? (error.issues[0]?.message ?? '') : String(error);
      }
    };
    expect(words('rules:\n  - [\n')).toMatch(/at line \d, column \d/);
    expect(words('rules: []\nrules: []\n')).toContain('rules stands there twice');
  });

  test.each(hostile)('security U14: %s is refused within a second, in words', (_name, text) => {
    const { code, ms } = read(text);
    expect(code).toBe('invalid');
    expect(ms).toBeLessThan(1000);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
