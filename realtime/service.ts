import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { composeRealtime } from '#lib/compose/realtime.ts';
import type { Config } from '#lib/config/config.ts';
import type { Log } from '#lib/kernel/log.ts';
import { Gateway } from './gateway/server.ts';
import { healthHandler } from './health.ts';
import { createRealtimeMetrics } from './metrics.ts';
import { Teams } from './state/teams.ts';

async function listen(http: Server, port: number, host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  http.once('error', reject);
  http.listen(port, host, resolve);
  await promise;
  const address = http.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** A page served over HTTPS may open secure sockets only: with a certificate this port speaks TLS too. */
function makeServer({ tls }: Config['app'], handler: RequestListener): Server {
  const limits = { requestTimeout: 10_000, headersTimeout: 5000 };
  if (!tls) return createServer(limits, handler);
  const files = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  return createHttpsServer({ ...limits, ...files }, handler);
}

/** Starts the realtime service; its parts end with the lifecycle of `parts`. Resolves with its port. */
export async function startRealtime(
  config: Config,
  parts: ReturnType<typeof composeRealtime>,
  log: Log,
): Promise<{ port: number }> {
  const metrics = createRealtimeMetrics();
  const { clock, bus, lifecycle } = parts;
  const teams = new Teams({
    bus,
    clock,
    log,
    loadAgents: parts.loadAgents,
    loadTail: parts.loadTail,
    onTick: (result, lagMs) => {
      metrics.ticks.inc({ result });
      metrics.busLag.observe(Math.max(0, lagMs) / 1000);
    },
  });
  const http = makeServer(
    config.app,
    healthHandler({
      checkReady: parts.checkReady,
      registry: metrics.registry,
      metricsPath: config.metrics.enabled ? config.metrics.path : null,
      metricsToken: config.secrets.metricsToken,
    }),
  );
  const gateway = new Gateway({
    http,
    bus,
    clock,
    log,
    teams,
    metrics,
    heartbeatMs: config.realtime.heartbeatMs,
    connectionsPerUser: config.realtime.connectionsPerUser,
    connectionsPerIp: config.realtime.connectionsPerIp,
    trustedRanges: config.realtime.trustedRanges,
    trustedProxies: config.app.trustedProxies,
    allowedOrigins: config.app.allowedOrigins,
    verifyToken: parts.tokens.verify,
    claimToken: parts.claimToken,
    livePermissions: parts.livePermissions,
  });
  lifecycle.add({ name: 'teams', stop: () => teams.stop() });
  lifecycle.add({ name: 'gateway', stop: () => gateway.stop() });
  await teams.start();
  await gateway.start();
  return { port: await listen(http, config.realtime.port, config.app.host) };
}
