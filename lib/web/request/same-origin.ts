import type { IncomingMessage } from 'node:http';
import { AppError } from '#lib/kernel/errors.ts';
import { isMachineDoor } from './machine-doors.ts';
import type { ReadableHeaders } from './request-origin.ts';

/**
 * Refuses a mutation that a browser did not send from one of our own pages: a missing or foreign Origin,
 * or a cross-site fetch (security N1). Next itself lets a missing Origin pass.
 *
 * @throws AppError `forbidden`
 */
export function requireSameOrigin(headers: ReadableHeaders, allowedOrigins: readonly string[]): void {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const isOwn = origin !== null && allowedOrigins.includes(origin);
  if (!isOwn || site === 'cross-site') {
    throw new AppError(
      'forbidden',
      'This request did not come from the console: its Origin header is missing or another site’s. Reload the page and try again; programs send an API key.',
    );
  }
}

/**
 * Whether a link on one of our own pages led here, for the few reads that begin something. Browsers tell over HTTPS and
 * on localhost; over plain HTTP the Referer does, which no other site can make ours.
 */
export function cameFromOwnPage(headers: ReadableHeaders, allowedOrigins: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const referer = headers.get('referer') ?? '';
  return URL.canParse(referer) && allowedOrigins.includes(new URL(referer).origin);
}

const READING: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a server action of another site before Next reads it: Next would answer a foreign Origin with 500
 * and let a missing one pass. Below `/api` and `/scim` each door decides itself, since machines send no Origin. What
 * passes carries the host of its Origin as `x-forwarded-host`, which Next compares once more: the list of
 * origins decides, not the name by which a proxy in front calls us.
 *
 * @throws AppError `forbidden`
 */
export function settleAction(request: IncomingMessage, allowedOrigins: readonly string[]): void {
  const { method, url = '/', headers } = request;
  if (READING.has(method) || isMachineDoor(url)) return;
  const get = (name: string) => {
    const value = headers[name];
    return value === undefined ? null : String(value);
  };
  requireSameOrigin({ get }, allowedOrigins);
  headers['x-forwarded-host'] = new URL(get('origin') ?? '').host;
}
