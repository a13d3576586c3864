import { createHash } from 'node:crypto';

/**
 * JSON with an ETag made of its content: who has it already is answered 304. Kept by the browser of the
 * person only, and never used without asking.
 */
export function conditionalJson(body: unknown, request: Request): Response {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'cookie, authorization, x-api-key' };
  const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? [];
  if (known.some((tag) => tag.replace(/^W\//, '') === etag))
    return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, 'content-type': 'application/json' } });
}
