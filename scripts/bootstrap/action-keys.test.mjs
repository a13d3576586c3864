import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeConfig } from '../../lib/config/config.ts';
import { processEnvironment } from './settings.mjs';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (dataDir) => {
  const config = makeConfig({ DATABASE_URL: 'postgres://a@127.0.0.1/a', DATA_DIR: dataDir });
  return processEnvironment(config, {}, 'run').NEXT_SERVER_ACTIONS_ENCRYPTION_KEY;
};

test('security N8: every start of an installation seals actions with the same key, another installation with its own', () => {
  const key = keyOf(folder);
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(keyOf(folder)).toBe(key);
  const other = mkdtempSync(join(folder, 'other-'));
  expect(keyOf(other)).not.toBe(key);
});

test('security N8: an installation of several machines does not start without the key that they share', () => {
  const secure = { APP_URL: 'https://pitwall.example.test', SECRET_KEY: 'x'.repeat(48) };
  const settings = { PITWALL_ENV: 'production', DATABASE_URL: 'postgres://a:b@db.example.test/a', ...secure };
  expect(() => makeConfig(settings)).toThrow(/SERVER_ACTIONS_KEY/);
});
