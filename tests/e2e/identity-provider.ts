import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A client of the provider. */
interface Client {
  id: string;
  secret: string;
  redirectUri: string;
  /** Where it wants to hear of sign-outs, and where people go after one. */
  backChannelUri?: string;
  signedOutUri?: string;
}

/** In what providers differ. */
interface Ways {
  /** How it signs id tokens for the client. */
  signsWith?: 'RS256' | 'ES256' | 'HS256';
  /** It says address and groups at its userinfo endpoint only, as OpenID Connect Core 1.0, section 5.4 wants it. */
  keepsToUserinfo?: boolean;
}

const keyOf = (type: 'rsa' | 'ec', own: object) => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), ...own, use: 'sig' };
};

/**
 * A real OpenID provider on loopback. Whoever types a name on its login page is that person; the subject is
 * the name, the address `<name>@people.example` unless `addresses` says otherwise; `groups` may change while it runs.
 */
export async function startIdentityProvider(
  client: Client,
  port: number,
  addresses: Record<string, string> = {},
  groups: Record<string, string[]> = {},
  { signsWith = 'RS256', keepsToUserinfo = false }: Ways = {},
) {
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: signsWith,
        ...(client.backChannelUri && {
          backchannel_logout_uri: client.backChannelUri,
          backchannel_logout_session_required: true,
        }),
        ...(client.signedOutUri && { post_logout_redirect_uris: [client.signedOutUri] }),
      },
    ],
    // It does not reach loopback by itself, which here is all there is.
    fetch: (url: string, { dispatcher: _guard, ...options }: RequestInit & { dispatcher?: unknown }) =>
      fetch(url, options),
    features: { backchannelLogout: { enabled: true } },
    pkce: { required: () => true },
    jwks: { keys: [keyOf('rsa', { kid: 'rsa', alg: 'RS256' }), keyOf('ec', { kid: 'ec', alg: 'ES256' })] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'HS256'] },
    conformIdTokenClaims: keepsToUserinfo,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        name: `Person ${sub}`,
        groups: groups[sub] ?? [],
        email: addresses[sub] ?? `${sub}@people.example`,
        email_verified: true,
      }),
    }),
    cookies: { keys: ['only-for-tests'] },
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    issuer,
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
