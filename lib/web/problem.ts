import { type ErrorCode, HTTP_STATUS } from '#lib/kernel/errors.ts';
import type { Failure } from './failure.ts';

const TITLES: Record<ErrorCode, string> = {
  unauthenticated: 'Not signed in',
  reauthentication_required: 'Sign in again',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  invalid: 'Not valid',
  conflict: 'Conflict',
  too_large: 'Too large',
  rate_limited: 'Too many requests',
  unavailable: 'Not available at the moment',
  internal: 'Internal error',
};

/** A problem document (RFC 9457) with the one status that the error table gives to the code. */
export function problem(failure: Failure): Response {
  const status = HTTP_STATUS[failure.code];
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  if (failure.retryAfterSeconds !== undefined) headers.set('retry-after', String(failure.retryAfterSeconds));
  const body = {
    type: `urn:pitwall:problem:${failure.code}`,
    title: TITLES[failure.code],
    status,
    detail: failure.message,
    ...(failure.reference === undefined ? {} : { instance: `urn:pitwall:reference:${failure.reference}` }),
    ...(failure.issues.length === 0 ? {} : { errors: failure.issues }),
  };
  return new Response(JSON.stringify(body), { status, headers });
}
