import { AppError } from '#lib/kernel/errors.ts';
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
      'This request did not come from the console. Reload the page and try again.',
    );
  }
}
