/**
 * Requests before Next reads them: who is asking, what for, and whether it is something that Next would take for
 * something else or answer with 500. This file holds the order.
 */
import type { IncomingMessage } from 'node:http';
import type { Config } from '#lib/config/config.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { settleActionBody } from './action-body/action-body.ts';
import { applicationUrl } from './application-url.ts';
import { settleForwarding } from './forwarded.ts';
import { notOurs } from './not-ours.ts';
import { settlePrefetch } from './prefetch.ts';
import { settleRouterState } from './router-state.ts';
import { settleAction } from './same-origin.ts';

/** Longest path and search, as RFC 9110 (4.1) asks for: answers repeat it in a header, where proxies bear no more. */
const LONGEST_URL = 8000;

/**
 * Rewrites address and headers of a request in place. Its body can be read afterwards.
 *
 * @throws AppError for one that goes no further
 */
export async function settleRequest(
  request: IncomingMessage,
  { app, metrics }: Pick<Config, 'app' | 'metrics'>,
): Promise<void> {
  settleForwarding(request.headers, request.socket.remoteAddress ?? '', app.trustedProxies);
  const asked = request.url ?? '';
  if (asked.length > LONGEST_URL)
    throw new AppError('too_large', `The address is longer than ${LONGEST_URL} characters.`);
  const url = applicationUrl(asked, metrics.path);
  if (url === null) throw new AppError('not_found', 'There is nothing at this address.');
  request.url = url;
  // Next makes a Request of what came in, and none can have this method.
  if (request.method === 'TRACE') throw notOurs();
  settleAction(request, app.allowedOrigins);
  settlePrefetch(request.headers);
  settleRouterState(request.headers);
  await settleActionBody(request);
}
