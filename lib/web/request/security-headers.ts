/** What the policy of a page depends on. */
export interface PolicyOptions {
  /** 128 random bits, base64; new for each response. */
  nonce: string;
  /** Whether people reach us over HTTPS. */
  secure: boolean;
  /** Where browsers reach the realtime service: an absolute address, or null for our host with `realtimePort`. */
  realtimeUrl: string | null;
  realtimePort: number;
  /** Host name that the page was asked for, without port. */
  hostname: string;
}

/** Sources that a WebSocket to the realtime service needs; the http form is for its first request. */
function realtimeSources({ realtimeUrl, realtimePort, hostname, secure }: PolicyOptions): string[] {
  const http = realtimeUrl
    ? new URL(realtimeUrl.replace(/^ws/, 'http')).origin
    : `${secure ? 'https' : 'http'}://${hostname}:${realtimePort}`;
  return [http, http.replace(/^http/, 'ws')];
}

/** The Content-Security-Policy of a page (security N5). */
export function contentSecurityPolicy(options: PolicyOptions): string {
  const directives: Record<string, string[]> = {
    'default-src': ["'self'"],
    'script-src': ["'self'", `'nonce-${options.nonce}'`, "'strict-dynamic'"],
    // Charts and menus position by style attributes; scripts cannot be smuggled in through them.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...realtimeSources(options)],
    'worker-src': ["'self'", 'blob:'],
    'manifest-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
    // Ways to an identity provider are links to a door of ours, so no form ever leads elsewhere.
    'form-action': ["'self'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

type Headers = [name: string, value: string][];

/** Headers of a file that belongs to the console: what only concerns pages is left out, since each costs its length. */
export function fileHeaders(secure: boolean): Headers {
  return [
    ['x-content-type-options', 'nosniff'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(secure ? ([['strict-transport-security', 'max-age=31536000; includeSubDomains']] as Headers) : []),
  ];
}

/** Headers of every other answer beside the policy (security N6). */
export function fixedHeaders(secure: boolean): Headers {
  return [
    ...fileHeaders(secure),
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()'],
  ];
}
