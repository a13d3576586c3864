import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyActor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import type { KeyHeaders } from '#lib/api-keys/authenticate-key.ts';
import type { Caller } from './door.ts';
import { callerOf } from './http.ts';

export interface HealthOptions {
  /** Resolves when data can be stored now; rejects with the reason when not. */
  checkReady(): Promise<void>;
  isDraining(): boolean;
  authenticate(headers: KeyHeaders, caller: Caller): Promise<KeyActor>;
  /** Null when metrics are switched off. */
  metrics: { path: string; token: string | null; contentType: string; scrape(): Promise<string> } | null;
}

/**
 * Answers health and metrics on the OTLP/HTTP port. `/healthz` says the process lives, `/readyz` that it
 * can take data; metrics are for loopback, the metrics token, or a key that may read (security U9).
 */
export function createHealthDoor(options: HealthOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/healthz') {
      reply(response, 200, 'text/plain', 'ok\n');
      return true;
    }
    if (path === '/readyz') {
      const reason = await unreadyReason(options);
      reply(response, reason === null ? 200 : 503, 'text/plain', `${reason ?? 'ready'}\n`);
      return true;
    }
    if (options.metrics !== null && path === options.metrics.path) {
      if (await mayScrape(options, request)) {
        reply(response, 200, options.metrics.contentType, await options.metrics.scrape());
      } else {
        reply(response, 401, 'text/plain', 'Send the metrics token or a key that may read.\n');
      }
      return true;
    }
    return false;
  };
}

async function unreadyReason(options: HealthOptions): Promise<string | null> {
  if (options.isDraining()) return 'shutting down';
  try {
    await options.checkReady();
    return null;
  } catch {
    return 'the database does not answer';
  }
}

async function mayScrape(options: HealthOptions, request: IncomingMessage): Promise<boolean> {
  const forwarded = request.headers['x-forwarded-for'] !== undefined;
  if (!forwarded && isLoopback(request.socket.remoteAddress)) return true;
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = options.metrics?.token;
  if (bearer !== undefined && token != null && sameText(bearer, token)) return true;
  try {
    return holds(await options.authenticate(request.headers, callerOf(request)), 'receiver:read');
  } catch {
    return false;
  }
}

/** Compares in constant time; hashing first makes the lengths equal. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '');
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}
