/**
 * Single sign-on through next-auth: OpenID Connect with database sessions in our own tables. Sign-in by
 * password has its own verb; both end in the same kind of session.
 */
import type { AuthOptions } from 'next-auth';
import { z } from 'zod';
import type { Origin } from '#lib/access/actor.ts';
import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { findByAccount, registerFromProvider } from '#lib/members/register-from-provider.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { sessionCookie } from '../session-cookie.ts';
import { authAdapter } from './adapter.ts';

export const PROVIDER_ID = 'oidc';

/** The claims that we read from an id token; anything else is left where it is. */
const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional(),
  email_verified: z.union([z.boolean(), z.literal('true'), z.literal('false')]).optional(),
  name: z.string().max(200).optional(),
  preferred_username: z.string().max(200).optional(),
});

function provider(oidc: NonNullable<WebContext['config']['oidc']>): AuthOptions['providers'][number] {
  return {
    id: PROVIDER_ID,
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    idToken: true,
    // State, nonce and PKCE (S256) at once; next-auth binds their cookies to the provider (security A8).
    checks: ['pkce', 'state', 'nonce'],
    authorization: { params: { scope: 'openid email profile' } },
    profile: (claims: { sub: string; email?: string; name?: string }) => ({
      id: claims.sub,
      email: claims.email,
      name: claims.name,
    }),
  };
}

function refusal(error: string): string {
  return withQuery(paths.signIn(), { error });
}

/**
 * Decides whether somebody whom the provider vouches for comes in, and registers newcomers. The account is
 * found by (issuer, subject) and nothing else (security A9).
 */
async function admit(
  context: WebContext,
  issuer: string,
  profile: unknown,
  origin: Origin,
): Promise<true | string> {
  const claims = claimsSchema.safeParse(profile).data;
  if (!claims) return refusal('profile');
  const known = await findByAccount(context.db, issuer, claims.sub);
  if (known) return known.status === 'active' ? true : refusal('denied');
  if (!claims.email) return refusal('no-email');
  const actor = await systemActor(context.db, 'single sign-on', ['members:register'], origin);
  try {
    await execute(context, actor, registerFromProvider, {
      issuer,
      subject: claims.sub,
      email: claims.email,
      emailVerified: String(claims.email_verified) === 'true',
      name: toStorable(claims.name ?? claims.preferred_username ?? ''),
    });
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') return refusal('address-taken');
    if (isAppError(error) && error.code === 'invalid') return refusal('no-email');
    throw error;
  }
}

/** Only addresses of our own, so that signing in never leads elsewhere (security A10). */
export function ownAddress(url: string, baseUrl: string): string {
  try {
    const target = new URL(url, baseUrl);
    return target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
  } catch {
    return baseUrl;
  }
}

/**
 * The same as path and search: who came by another of our names (127.0.0.1 for localhost) stays there, where
 * the cookie is.
 */
export function ownPath(url: string, baseUrl: string): string {
  const { pathname, search } = new URL(ownAddress(url, baseUrl));
  return pathname + search;
}

/** next-auth's options for one request. */
export function authOptions(context: WebContext, origin: Origin, replaces: string | null): AuthOptions {
  const { app, oidc, secrets, sessions } = context.config;
  const issuer = oidc?.issuer ?? '';
  return {
    providers: oidc ? [provider(oidc)] : [],
    adapter: authAdapter(context, issuer, origin, replaces),
    secret: secrets.key,
    useSecureCookies: app.secure,
    cookies: { sessionToken: sessionCookie(app) },
    session: { strategy: 'database', maxAge: sessions.maxMs / 1000, updateAge: 60 },
    pages: { signIn: paths.signIn(), error: paths.signIn(), signOut: paths.signIn() },
    callbacks: {
      signIn: ({ profile }) => admit(context, issuer, profile, origin),
      redirect: ({ url }) => ownAddress(url, app.url),
    },
    logger: {
      error: (code, metadata) => context.log.warn({ code, err: errorOf(metadata) }, 'single sign-on failed'),
      warn: () => {},
      debug: () => {},
    },
  };
}

/** Only the error of what next-auth would log: the rest may hold tokens (security P4). */
function errorOf(metadata: unknown): unknown {
  if (metadata instanceof Error) return metadata;
  return typeof metadata === 'object' && metadata !== null && 'error' in metadata
    ? metadata.error
    : undefined;
}
