import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

/**
 * The realtime process: a thin root over the gateway and its state.
 *
 * This file answers plain HTTP on its port: health for everybody, metrics for loopback or the holder of
 * the metrics token (security U9).
 */

export interface HealthOptions {
  /** Resolves when browsers can be served; rejects with the reason when not. */
  checkReady(): Promise<void>;
  registry: Registry;
  /** Null when metrics are switched off. */
  metricsPath: string | null;
  metricsToken: string | null;
}

function reply(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '');
}

function mayScrape(request: IncomingMessage, token: string | null): boolean {
  const isForwarded = request.headers['x-forwarded-for'] !== undefined;
  if (!isForwarded && isLoopback(request.socket.remoteAddress)) return true;
  const given = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === null || given === undefined) return false;
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'));
}

/** Makes the handler of everything on the port that is no Socket.IO request. */
export function healthHandler(options: HealthOptions): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/healthz') reply(response, 200, 'ok\n');
    else if (path === '/readyz') {
      options.checkReady().then(
        () => reply(response, 200, 'ready\n'),
        () => reply(response, 503, 'the database does not answer\n'),
      );
    } else if (path === options.metricsPath) {
      if (mayScrape(request, options.metricsToken)) {
        options.registry.metrics().then(
          (text) => reply(response, 200, text, options.registry.contentType),
          () => reply(response, 500, 'metrics are not available\n'),
        );
      } else reply(response, 401, 'Send the metrics token.\n');
    } else reply(response, 404, 'not found\n');
  };
}
