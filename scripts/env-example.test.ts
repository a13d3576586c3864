import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { envExample } from '#lib/config/env-example.ts';

test('.env.example is what the configuration module generates (npm run env:example)', () => {
  expect(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')).toBe(envExample());
});
