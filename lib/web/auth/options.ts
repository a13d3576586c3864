/**
 * Single sign-on through next-auth: OpenID Connect with database sessions in our own tables. Sign-in by
 * password has its own verb; both end in the same kind of session.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuthOptions } from 'next-auth';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { Origin } from '#lib/access/actor.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { wellKnownOf } from '#lib/members/providers/discover-provider.ts';
import { providerAgent } from '#lib/members/providers/provider-agent.ts';
import { paths } from '#lib/model/paths.ts';
import { sessionCookie } from '../session-cookie.ts';
import { authAdapter } from './adapter.ts';
import { admit } from './admit.ts';
import { readClaims } from './claims.ts';
import { ownAddress } from './own-address.ts';
import type { SignInSource } from './source.ts';

/**
 * What went wrong in the run of next-auth that goes on. Its logger belongs to the whole process, so what it says is
 * told apart by the run that it is said in.
 */
export const run = new AsyncLocalStorage<{ problem: unknown }>();

type HttpOptions = NonNullable<OAuthConfig<unknown>['httpOptions']>;

/**
 * openid-client fetches description, keys and tokens by itself. All of that leaves through the filter of the outbound
 * client, whatever a provider names (security O1 to O5); it follows no redirects.
 */
function guardedHttp({ config }: WebContext): HttpOptions {
  return { agent: providerAgent(config.app.outboundAllow) as HttpOptions['agent'], timeout: 5000 };
}

function provider(context: WebContext, source: SignInSource): AuthOptions['providers'][number] {
  const { id, name, issuer, clientId, clientSecret, scopes } = source;
  return {
    ...{ id, name, issuer, clientId, clientSecret },
    type: 'oauth',
    wellKnown: wellKnownOf(issuer),
    idToken: true,
    // State, nonce and PKCE (S256) at once; next-auth binds their cookies to the provider (security A8).
    checks: ['pkce', 'state', 'nonce'],
    authorization: { params: { scope: scopes } },
    httpOptions: guardedHttp(context),
    profile: (claims: { sub: string; email?: string; name?: string }) => ({
      id: claims.sub,
      email: claims.email,
      name: claims.name,
    }),
  };
}

export interface RunOptions {
  source: SignInSource | null;
  origin: Origin;
  /** The session token that the browser holds, which the new one takes the place of. */
  replaces: string | null;
  /** What to do with an identity that was proven, in place of signing in; answers where to go. */
  errand: ((profile: unknown) => Promise<string>) | null;
}

/** next-auth's options for one request: one provider, as it is now. */
export function authOptions(context: WebContext, options: RunOptions): AuthOptions {
  const { source, origin, replaces, errand } = options;
  const { app, secrets, sessions } = context.config;
  let providerSession: string | null = null;
  return {
    providers: source ? [provider(context, source)] : [],
    adapter: authAdapter(context, source?.issuer ?? '', origin, replaces, () => providerSession),
    secret: secrets.key,
    useSecureCookies: app.secure,
    cookies: { sessionToken: sessionCookie(app) },
    session: { strategy: 'database', maxAge: sessions.maxMs / 1000, updateAge: 60 },
    pages: { signIn: paths.signIn(), error: paths.signIn(), signOut: paths.signIn() },
    callbacks: {
      async signIn({ profile }) {
        if (errand) return errand(profile);
        providerSession = readClaims(profile)?.sid ?? null;
        return source ? admit(context, source, profile, origin) : false;
      },
      redirect: ({ url }) => ownAddress(url, app.url),
    },
    logger: {
      error: (code, metadata) => {
        const problem = errorOf(metadata);
        const here = run.getStore();
        if (here) here.problem = problem;
        context.log.warn({ code, err: problem }, 'single sign-on failed');
      },
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
