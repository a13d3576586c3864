import { decodeJwt } from 'jose';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { acceptedAlgorithmOf } from '#lib/members/providers/id-token-algorithms.ts';

type Exchange = NonNullable<Exclude<OAuthConfig<unknown>['token'], string | undefined>['request']>;
type ProviderClient = Parameters<Exchange>[0]['client'];

/** How openid-client judges a token: signature, issuer, audience and times. */
type Validate = (token: string, algorithm: string, required?: string[]) => Promise<unknown>;

/** What openid-client then says that it expected; no token names it. */
const NONE = 'an accepted one that is announced';

/**
 * Lets a client take id tokens by each signature that we accept and its provider announces. openid-client expects one
 * algorithm a client, and which one a provider uses for us is seen in the token only.
 */
function acceptAnnounced(client: ProviderClient): void {
  const validate = (client.validateJWT as Validate).bind(client);
  const announced = client.issuer.metadata.id_token_signing_alg_values_supported;
  const judge: Validate = (token, _default, required) =>
    validate(token, acceptedAlgorithmOf(token, announced) ?? NONE, required);
  client.validateJWT = judge;
}

/** Takes the code of an answer back to the provider, for tokens that are whole (security A8). */
export const exchangeCode: Exchange = async ({ client, params, checks, provider }) => {
  acceptAnnounced(client);
  return { tokens: await client.callback(provider.callbackUrl, params, checks) };
};

/** The claims of an id token that was judged before. */
export const claimsOf = (tokens: { id_token?: string }) => decodeJwt(tokens.id_token ?? '');

/**
 * What the provider says of the person beyond the id token, which must be the same person (OpenID Connect Core 1.0,
 * section 5.3.2); null where it has no such endpoint. That it fails ends the sign-in: taken for nothing it would take
 * roles away.
 */
export async function askUserinfo(
  client: ProviderClient,
  accessToken: string | undefined,
  subject: string | undefined,
): Promise<unknown> {
  if (client.issuer.metadata.userinfo_endpoint === undefined || accessToken === undefined) return null;
  try {
    const userinfo = await client.userinfo(accessToken);
    if (userinfo.sub !== subject) throw new Error('it speaks of somebody else');
    return userinfo;
  } catch (cause) {
    throw new Error(`userinfo failed: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
