import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { getConfig } from '#lib/config/config.ts';
import { contentSecurityPolicy, fixedHeaders } from '#lib/web/request/security-headers.ts';

/** A host name or address that is safe to repeat in a policy; null for anything else. */
function hostnameOf(host: string): string | null {
  return /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.exec(host)?.[1] ?? null;
}

/**
 * Adds headers and nothing else: who may see what is decided where the data is, never here (security Z2).
 * Next takes the nonce of its own scripts from the policy on the request, so a policy that a client sends
 * is replaced before anything reads it. So is the path of the page, which who has to sign in comes back to.
 */
export function proxy(request: NextRequest): NextResponse {
  const { app, realtime } = getConfig();
  const policy = contentSecurityPolicy({
    nonce: randomBytes(16).toString('base64'),
    secure: app.secure,
    realtimeUrl: realtime.url,
    realtimePort: realtime.port,
    hostname: hostnameOf(request.headers.get('host') ?? '') ?? new URL(app.url).hostname,
  });
  const headers = new Headers(request.headers);
  headers.delete('content-security-policy-report-only');
  headers.set('content-security-policy', policy);
  headers.set('x-pitwall-path', request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  for (const [name, value] of fixedHeaders(app.secure)) response.headers.set(name, value);
  response.headers.set('content-security-policy', policy);
  // Pages carry data of the person who asked.
  response.headers.set('cache-control', 'no-store');
  return response;
}

/**
 * Next keeps a copy of every body that passes here, cut at 10 MB. Webhooks may be larger and are signed as a whole, so
 * they go past; their door sets the fixed headers itself.
 */
export const config = { matcher: ['/((?!api/webhooks/).*)'] };
