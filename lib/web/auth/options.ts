/**
 * Single sign-on through next-auth: OpenID Connect with database sessions in our own tables. Sign-in by
 * password has its own verb; both end in the same kind of session.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuthOptions } from 'next-auth';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { Origin } from '#lib/access/actor.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { readMappings } from '#lib/members/groups/apply-group-roles.ts';
import { wellKnownOf } from '#lib/members/providers/discover-provider.ts';
import { providerAgent } from '#lib/members/providers/provider-agent.ts';
import { paths } from '#lib/model/paths.ts';
import { sessionCookie, signOnCookies } from '../session-cookie.ts';
import { authAdapter, type ProviderSession } from './adapter.ts';
import { admit } from './admit.ts';
import { askUserinfo, claimsOf, exchangeCode } from './ask-provider.ts';
import { leavesOut, provedAt, readClaims, type Vouched } from './claims.ts';
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
  return { agent: providerAgent(config.app.outbound) as HttpOptions['agent'], timeout: 5000 };
}

/** What came with the answer of a provider, for what follows it in the same request. */
interface Heard {
  userinfo: unknown;
  session: ProviderSession;
}

/** Longer id tokens are not kept: as a hint they would stand in an address. */
const LONGEST_HINT = 4000;

/** Whether groups count: somebody maps them, or somebody came to see them. */
async function groupsCount({ db }: WebContext, errand: RunOptions['errand']): Promise<boolean> {
  return errand !== null || (await readMappings(db)).length > 0;
}

const hintOf = (idToken = ''): string | null =>
  idToken !== '' && idToken.length <= LONGEST_HINT ? idToken : null;

function provider(
  context: WebContext,
  source: SignInSource,
  errand: RunOptions['errand'],
  heard: Heard,
): AuthOptions['providers'][number] {
  const { id, name, issuer, clientId, clientSecret, scopes } = source;
  return {
    ...{ id, name, issuer, clientId, clientSecret },
    type: 'oauth',
    wellKnown: wellKnownOf(issuer),
    idToken: true,
    // State, nonce and PKCE (S256) at once; next-auth binds their cookies to the provider (security A8).
    checks: ['pkce', 'state', 'nonce'],
    // With an age every provider says when it asked the person (`auth_time`; OpenID Connect Core 1.0, section 3.1.2.1),
    // and none lets in by what it remembers for longer than a session here lives.
    authorization: { params: { scope: scopes, max_age: context.config.sessions.maxMs / 1000 } },
    httpOptions: guardedHttp(context),
    token: { request: exchangeCode },
    userinfo: {
      async request({ client, tokens }) {
        const claims = claimsOf(tokens);
        if (leavesOut(claims, source.groupsClaim, await groupsCount(context, errand)))
          heard.userinfo = await askUserinfo(client, tokens.access_token, claims.sub);
        return claims;
      },
    },
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
  /** Whether the provider was told to ask who it is, whomever it remembers. */
  wasAsked: boolean;
  /** What to do with an identity that was proven, in place of signing in; answers where to go. */
  errand: ((vouched: Vouched) => Promise<string>) | null;
}

/** next-auth's options for one request: one provider, as it is now. */
export function authOptions(context: WebContext, options: RunOptions): AuthOptions {
  const { source, origin, replaces, wasAsked, errand } = options;
  const { app, secrets, sessions } = context.config;
  const heard: Heard = { userinfo: null, session: { sessionId: null, idToken: null, provedAt: null } };
  return {
    providers: source ? [provider(context, source, errand, heard)] : [],
    adapter: authAdapter(context, source?.issuer ?? '', origin, replaces, () => heard.session),
    secret: secrets.key,
    useSecureCookies: app.secure,
    cookies: { sessionToken: sessionCookie(app), ...signOnCookies(app) },
    session: { strategy: 'database', maxAge: sessions.maxMs / 1000, updateAge: 60 },
    pages: { signIn: paths.signIn(), error: paths.signIn(), signOut: paths.signIn() },
    callbacks: {
      async signIn({ profile, account }) {
        const vouched = { idToken: profile, userinfo: heard.userinfo };
        if (errand) return errand(vouched);
        if (!source) return false;
        heard.session = {
          sessionId: readClaims(vouched)?.sid ?? null,
          idToken: source.signsOutThere ? hintOf(account?.id_token) : null,
          provedAt: provedAt(vouched, wasAsked, new Date(context.clock.now())),
        };
        return admit(context, source, vouched, origin);
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
