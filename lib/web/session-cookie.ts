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

/** The second step of a sign-in under way. */
export function secondStepCookie(app: Pick<Config['app'], 'secure'>): {
  name: string;
  options: CookieOptions;
} {
  const { name, options } = sessionCookie(app);
  return { name: name.replace('session', 'second-step'), options };
}
