import { Counter, Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { answerHealth, type HealthSources, serveHealth } from './health-server.ts';
import type { Stoppable } from './lifecycle.ts';

const token = 'a-metrics-token-of-some-length';
const registry = new Registry();
new Counter({ name: 'work_total', help: 'Work done', registers: [registry] }).inc(3);
const sources: HealthSources = { checks: { database: async () => 1 }, registry, metricsToken: token };
const ask = (path: string, remoteAddress: string, authorization?: string, given = sources) =>
  answerHealth(given, { path, remoteAddress, authorization, forwarded: false });

let server: Stoppable | undefined;
afterEach(() => server?.stop());

test('security U9: metrics answer loopback or the token, nobody else', async () => {
  const far = '203.0.113.9';
  const answers = await Promise.all([
    ask('/metrics', '127.0.0.1'),
    ask('/metrics', '::ffff:127.0.0.1'),
    ask('/metrics', far, `Bearer ${token}`),
    ask('/metrics', far),
    ask('/metrics', far, 'Bearer wrong'),
    ask('/metrics', far, undefined, { ...sources, metricsToken: null }),
    answerHealth(sources, {
      path: '/metrics',
      remoteAddress: '127.0.0.1',
      authorization: undefined,
      forwarded: true,
    }),
  ]);
  expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 200, 401, 401, 401, 401]);
  expect(answers[0]?.body).toContain('work_total 3');
  expect(answers[3]?.body).not.toContain('work_total');
});

test('a process whose database or bus fails or hangs is alive and not ready', async () => {
  const failing = {
    ...sources,
    timeoutMs: 20,
    checks: { database: async () => 1, bus: () => new Promise(() => {}) },
  };
  expect((await ask('/healthz', '127.0.0.1', undefined, failing))?.status).toBe(200);
  expect(await ask('/readyz', '127.0.0.1', undefined, failing)).toMatchObject({
    status: 503,
    body: JSON.stringify({ status: 'not ready', checks: { database: 'ok', bus: 'failed' } }),
  });
});

test('a server of its own answers over HTTP and knows no other path', async () => {
  const running = await serveHealth(sources, { host: '127.0.0.1', port: 0 });
  server = running;
  const statuses = ['/healthz', '/readyz', '/metrics', '/other'].map(
    async (path) => (await fetch(`http://127.0.0.1:${running.port}${path}`)).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404]);
});
