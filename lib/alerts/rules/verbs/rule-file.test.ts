import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/kernel/errors.ts';
import { readRuleFile } from './rule-file.ts';

/** How reading ends, and how long it took in milliseconds. */
function read(text: string): { code: string; ms: number } {
  const begin = performance.now();
  try {
    readRuleFile(text);
    return { code: 'taken', ms: performance.now() - begin };
  } catch (error) {
    return { code: isAppError(error) ? error.code : String(error), ms: performance.now() - begin };
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

describe('a file of rules', () => {
  test.each(hostile)('security U14: %s is refused within a second, in words', (_name, text) => {
    const { code, ms } = read(text);
    expect(code).toBe('invalid');
    expect(ms).toBeLessThan(1000);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
