import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Stoppable } from './lifecycle.ts';

/** What a process lends to its health endpoints. */
export interface HealthSources {
  /** What must work before requests make sense, by name; each rejects while it does not. */
  checks: Record<string, () => Promise<unknown>>;
  registry: Registry;
  /** Bearer token for /metrics from other hosts; null: loopback only (security U9). */
  metricsToken: string | null;
  /** Path of the metrics, null when they are switched off. */
  metricsPath?: string | null;
  /** Milliseconds a check may take. */
  timeoutMs?: number;
}

export interface HealthRequest {
  path: string;
  remoteAddress: string | undefined;
  authorization: string | undefined;
  /** Whether a proxy passed it on: then the address of the socket says nothing about who asks. */
  forwarded: boolean;
}

export interface HealthAnswer {
  status: number;
  contentType: string;
  body: string;
}

const json = (status: number, body: unknown): HealthAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

/** Whether an address of a socket is this host's own. */
function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address);
}

function holdsToken(authorization: string | undefined, token: string | null): boolean {
  if (token === null || !authorization?.startsWith('Bearer ')) return false;
  const [given, wanted] = [Buffer.from(authorization.slice(7)), Buffer.from(token)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function passes(check: () => Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error('timed out')), timeoutMs);
  try {
    await Promise.race([check(), timeout.promise]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function readiness(sources: HealthSources): Promise<HealthAnswer> {
  const names = Object.keys(sources.checks);
  const results = await Promise.all(
    Object.values(sources.checks).map((check) => passes(check, sources.timeoutMs ?? 2000)),
  );
  const checks = Object.fromEntries(names.map((name, i) => [name, results[i] ? 'ok' : 'failed']));
  const ready = results.every(Boolean);
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks });
}

/**
 * Answers `/healthz` (the process is alive), `/readyz` (what it needs works) and the metrics path;
 * undefined for any other path. For a server that already has a port of its own.
 */
export async function answerHealth(
  sources: HealthSources,
  request: HealthRequest,
): Promise<HealthAnswer | undefined> {
  const metricsPath = sources.metricsPath === undefined ? '/metrics' : sources.metricsPath;
  if (request.path === '/healthz') return json(200, { status: 'alive' });
  if (request.path === '/readyz') return readiness(sources);
  if (request.path !== metricsPath) return undefined;
  const local = isLoopbackAddress(request.remoteAddress) && !request.forwarded;
  if (!local && !holdsToken(request.authorization, sources.metricsToken)) {
    return json(401, { title: 'The metrics need the metrics token.', status: 401 });
  }
  const { registry } = sources;
  return { status: 200, contentType: registry.contentType, body: await registry.metrics() };
}

async function answerOrFail(sources: HealthSources, message: IncomingMessage): Promise<HealthAnswer> {
  const path = (message.url ?? '/').split('?')[0] ?? '/';
  const { authorization } = message.headers;
  try {
    const forwarded = message.headers['x-forwarded-for'] !== undefined;
    const request = { path, remoteAddress: message.socket.remoteAddress, authorization, forwarded };
    const answer = message.method === 'GET' ? await answerHealth(sources, request) : undefined;
    return answer ?? json(404, { title: 'Not found', status: 404 });
  } catch {
    return json(500, { title: 'The answer could not be made', status: 500 });
  }
}

function createHealthServer(sources: HealthSources): Server {
  return createServer(async (request, response) => {
    const { status, contentType, body } = await answerOrFail(sources, request);
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
    response.end(body);
  });
}

/** Serves the health endpoints on a port of their own; port 0 takes a free one. */
export async function serveHealth(
  sources: HealthSources,
  address: { host: string; port: number },
): Promise<Stoppable & { port: number }> {
  const server = createHealthServer(sources);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return {
    name: 'health server',
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
