import type { Config } from '#lib/config/config.ts';

interface CookieOptions {
  httpOnly: true;
  sameSite: 'lax';
  path: '/';
  secure: boolean;
}

/**
 * Name and attributes of the session cookie (security A7). Browsers accept the `__Host-` prefix over HTTPS
 * only, so a start on plain HTTP uses the bare name.
 */
export function sessionCookie(app: Pick<Config['app'], 'secure'>): { name: string; options: CookieOptions } {
  return {
    name: app.secure ? '__Host-pitwall-session' : 'pitwall-session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: app.secure },
  };
}

/** The team that a person chose to look at; checked against the memberships at every use. */
export function teamCookie(app: Pick<Config['app'], 'secure'>): { name: string; options: CookieOptions } {
  const { name, options } = sessionCookie(app);
  return { name: name.replace('session', 'team'), options };
}

/**
 * What a sign-in through a provider keeps in the browser while it is under way (security A7, A8). With `__Host-` too, which
 * next-auth's own names lack: no page of a sub-domain plants there the sign-in of somebody else.
 */
export function signOnCookies(app: Pick<Config['app'], 'secure'>) {
  const { name, options } = sessionCookie(app);
  const underWay = (part: string) => ({
    name: name.replace('session', `sso-${part}`),
    options: { ...options, maxAge: 15 * 60 },
  });
  return {
    callbackUrl: { name: name.replace('session', 'sso-return'), options },
    pkceCodeVerifier: underWay('verifier'),
    state: underWay('state'),
    nonce: underWay('nonce'),
  };
}

/** The second step of a sign-in under way. */
export function secondStepCookie(app: Pick<Config['app'], 'secure'>): {
  name: string;
  options: CookieOptions;
} {
  const { name, options } = sessionCookie(app);
  return { name: name.replace('session', 'second-step'), options };
}
