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

/**
 * A real OpenID provider on loopback. Whoever types a name on its login page is that person; the subject is
 * the name, the address `<name>@people.example` unless `addresses` says otherwise; `groups` may change while it runs.
 */
export async function startIdentityProvider(
  client: Client,
  port: number,
  addresses: Record<string, string> = {},
  groups: Record<string, string[]> = {},
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
    conformIdTokenClaims: false,
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
