import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeCapture, normaliseCapture } from './describe-capture.ts';

const golden = join(import.meta.dirname, 'golden');

describe('captures of real senders', () => {
  test.each(readdirSync(golden))(
    'telemetry: what %s sends is understood as written down and checked',
    (sender) => {
      const file = join(golden, sender, 'expected.txt');
      const described = describeCapture(join(golden, sender));
      if (process.env.UPDATE_EXPECTED === '1') writeFileSync(file, described);
      expect(described).toBe(readFileSync(file, 'utf8'));
    },
  );

  test('no content of a prompt, completion or tool call survives normalisation', () => {
    for (const sender of readdirSync(golden)) {
      const everything = inspect(normaliseCapture(join(golden, sender)), {
        depth: null,
        maxStringLength: null,
      });
      for (const secret of ['Plan a trip', 'Lisbon', 'I want my money back', 'refund is on its way']) {
        expect(everything, `${sender} leaks "${secret}"`).not.toContain(secret);
      }
    }
  });
});
