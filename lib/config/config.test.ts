import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, makeConfig } from './config.ts';

const database = { DATABASE_URL: 'postgres://app:x@127.0.0.1:5432/pitwall' };
const development = { ...database, SECRET_KEY: 'k'.repeat(32) };

function problemsOf(source: Record<string, string>): string[] {
  try {
    makeConfig(source);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.variable);
    throw error;
  }
  return [];
}

test('the defaults of a development start are those of the documentation', () => {
  const config = makeConfig(development);
  expect(config.app.url).toBe('http://localhost:3000');
  expect(config.realtime).toMatchObject({ heartbeatMs: 30_000, connectionsPerUser: 5 });
  expect(config.limits).toMatchObject({ apiPerMinute: 60, apiPerHour: 1000 });
  expect(config.agents).toMatchObject({ healthIntervalMs: 30_000, healthTimeoutMs: 300_000, perUser: 10 });
  expect(config.metrics.retentionDays).toBe(30);
  expect(config.features.ai_recommendations).toBe(false);
});

test('every wrong value is reported at once', () => {
  expect(
    problemsOf({ ...development, PORT: 'eighty', LOG_LEVEL: 'loud', OIDC_ISSUER: 'https://id.example' }),
  ).toEqual(['PORT', 'LOG_LEVEL', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']);
});

test('security A2: production refuses to start without secrets, public address or a full provider', () => {
  expect(problemsOf({ ...database, PITWALL_ENV: 'production', OIDC_CLIENT_ID: 'x' })).toEqual([
    'OIDC_ISSUER',
    'OIDC_CLIENT_SECRET',
    'SECRET_KEY',
    'SERVER_ACTIONS_KEY',
    'APP_URL',
  ]);
  expect(problemsOf({ ...development, SECRET_KEY: 'short' })).toEqual(['SECRET_KEY']);
});

test('production has the stricter API limit and accepts https only', () => {
  const production = {
    ...development,
    PITWALL_ENV: 'production',
    SERVER_ACTIONS_KEY: 'a'.repeat(44),
    APP_URL: 'https://pitwall.example',
  };
  expect(makeConfig(production).limits.apiPerMinute).toBe(30);
  expect(problemsOf({ ...production, APP_URL: 'http://pitwall.example' })).toEqual(['APP_URL']);
});

test.each([
  ['redis://redis.example:6379', 2],
  ['redis://:secret@redis.example:6379', 1],
  ['rediss://redis.example:6379', 1],
  ['rediss://pitwall:secret@redis.example:6379', 0],
  ['redis://127.0.0.1:6379', 0],
  ['redis://[::1]:6379', 0],
  // A name that only begins like this host's.
  ['redis://127.0.0.1.example:6379', 2],
])('security K8: outside of development %s lacks %i of what keeps others off the bus', (REDIS_URL, lacks) => {
  for (const PITWALL_ENV of ['staging', 'production']) {
    const settings = { ...development, PITWALL_ENV, APP_URL: 'https://pitwall.example', REDIS_URL };
    const found = problemsOf({ ...settings, SERVER_ACTIONS_KEY: 'a'.repeat(44) });
    expect(found).toEqual(Array(lacks).fill('REDIS_URL'));
  }
  expect(problemsOf({ ...development, REDIS_URL })).toEqual([]);
});

test('an empty value counts as unset', () => {
  expect(makeConfig({ ...development, REDIS_URL: '', PORT: '' }).redis.url).toBeNull();
});

test('security N2: the allowed origins are exact, with both spellings of loopback in development only', () => {
  expect(makeConfig(development).app.allowedOrigins).toEqual([
    'http://localhost:3000',
    'http://127.0.0.1:3000',
  ]);
  const production = { ...development, PITWALL_ENV: 'production', SERVER_ACTIONS_KEY: 'a'.repeat(44) };
  expect(makeConfig({ ...production, APP_URL: 'https://pitwall.example' }).app.allowedOrigins).toEqual([
    'https://pitwall.example',
  ]);
});

test('alerting S97: the subject of web push is a real https or mailto address', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'config-'));
  for (const VAPID_SUBJECT of ['mailto:ops@localhost', 'https://localhost', 'http://pitwall.example', 'ops'])
    expect(problemsOf({ ...development, VAPID_SUBJECT }), VAPID_SUBJECT).toEqual(['VAPID_SUBJECT']);
  const subjectOf = (source: Record<string, string>) =>
    makeConfig({ ...development, DATA_DIR: dataDir, ...source }).push?.subject;
  expect(subjectOf({ VAPID_SUBJECT: 'mailto:ops@pitwall.example' })).toBe('mailto:ops@pitwall.example');
  expect(subjectOf({ APP_URL: 'https://pitwall.example' })).toBe('https://pitwall.example');
  expect(subjectOf({})).not.toContain('localhost');
});

test('the keys of web push are made once in development and never in production', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'config-'));
  const first = makeConfig({ ...development, DATA_DIR: dataDir }).push;
  expect(first?.publicKey).toHaveLength(87);
  expect(makeConfig({ ...development, DATA_DIR: dataDir }).push).toEqual(first);
  const production = { PITWALL_ENV: 'production', SERVER_ACTIONS_KEY: 'a'.repeat(44) };
  expect(makeConfig({ ...development, ...production, APP_URL: 'https://pitwall.example' }).push).toBeNull();
});

test('security O4: outgoing requests reach the ports of web servers, and what an admin opens instead', () => {
  const portsOf = (source: Record<string, string>) => makeConfig(source).app.outbound.ports;
  const reached = (source: Record<string, string>, port: number) =>
    portsOf(source).some(([first, last]) => port >= first && port <= last);
  const inProduction = {
    ...development,
    PITWALL_ENV: 'production',
    SERVER_ACTIONS_KEY: 'a'.repeat(44),
    APP_URL: 'https://pitwall.example',
  };
  expect([80, 443, 8080, 8443].every((port) => reached(inProduction, port))).toBe(true);
  expect([22, 25, 5432, 6379, 9200, 10_250, 27_017].some((port) => reached(inProduction, port))).toBe(false);
  expect(portsOf({ ...inProduction, OUTBOUND_PORTS: '443, 9000-9100' })).toEqual([
    [443, 443],
    [9000, 9100],
  ]);
  for (const OUTBOUND_PORTS of ['http', '0', '70000', '9100-9000', '443;80', '-', ','])
    expect(problemsOf({ ...development, OUTBOUND_PORTS }), OUTBOUND_PORTS).toEqual(['OUTBOUND_PORTS']);
});

test('security O4: development reaches every port that needs no privilege, but not those of our own databases', () => {
  const own = {
    DATABASE_OWNER_URL: 'postgres://o:x@127.0.0.1:5432/pitwall',
    REDIS_URL: 'redis://127.0.0.1',
  };
  expect(makeConfig({ ...development, ...own }).app.outbound).toEqual({
    ranges: ['127.0.0.0/8', '::1/128'],
    ports: [
      [80, 80],
      [443, 443],
      [1024, 5431],
      [5433, 6378],
      [6380, 65_535],
    ],
  });
});
