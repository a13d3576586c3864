/**
 * Identity providers that admins set up in the console: what they say of themselves, how they are kept, and whether a
 * sign-in through them works.
 *
 * This file asks a provider what it is (OpenID Connect Discovery 1.0).
 */
import { z } from 'zod';
import { AppError, isAppError } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { checkTypedTarget, readPolicy } from '#lib/outbound/typed-target.ts';
import { ACCEPTED_ALGORITHMS, acceptedOf } from './id-token-algorithms.ts';

const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  userinfo_endpoint: z.string().optional(),
  end_session_endpoint: z.string().optional(),
  response_types_supported: z.array(z.string()).default(['code']),
  id_token_signing_alg_values_supported: z.array(z.string()).default(['RS256']),
  code_challenge_methods_supported: z.array(z.string()).optional(),
});
export type ProviderMetadata = z.output<typeof metadata>;

const TIMEOUT_MS = 5000;

export const wellKnownOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

function refuse(message: string, cause?: unknown): never {
  throw new AppError('invalid', message, { issues: [{ path: 'issuer', message }], cause });
}

function readDocument(body: string): ProviderMetadata {
  try {
    return metadata.parse(JSON.parse(body));
  } catch (cause) {
    return refuse('What answers there is no description of an OpenID provider.', cause);
  }
}

/** Each address that the description names is used by us or by the library, so each is judged as if it was typed. */
function checkEndpoints(document: ProviderMetadata, policy: OutboundPolicy, issuer: string): void {
  const limits = readPolicy(policy);
  const { authorization_endpoint, token_endpoint, jwks_uri } = document;
  const optional = [document.userinfo_endpoint, document.end_session_endpoint];
  for (const address of [authorization_endpoint, token_endpoint, jwks_uri, ...optional]) {
    if (address === undefined) continue;
    try {
      const { protocol } = checkTypedTarget(address, limits);
      if (issuer.startsWith('https:') && protocol !== 'https:')
        refuse(`The provider names an address without encryption: ${address}`);
    } catch (error) {
      refuse(`The provider names ${address}. ${isAppError(error) ? error.message : ''}`, error);
    }
  }
}

function checkAbilities(document: ProviderMetadata, issuer: string): void {
  if (document.issuer !== issuer)
    refuse(`The provider calls itself ${document.issuer}. Write the issuer exactly like that.`);
  if (!document.response_types_supported.includes('code'))
    refuse('The provider offers no authorization code flow.');
  if (acceptedOf(document.id_token_signing_alg_values_supported).length === 0)
    refuse(`The provider signs id tokens in no way that is accepted: ${ACCEPTED_ALGORITHMS.join(', ')}.`);
  const methods = document.code_challenge_methods_supported;
  if (methods && !methods.includes('S256')) refuse('The provider offers no PKCE with S256.');
}

/**
 * Fetches and checks what a provider says of itself, through the client that reaches nothing inside the network
 * (security O1, O3, O4).
 *
 * @throws AppError `invalid` at the field `issuer`, in words
 */
export async function discoverProvider(issuer: string, policy: OutboundPolicy): Promise<ProviderMetadata> {
  const client = createOutboundClient({ policy, timeoutMs: TIMEOUT_MS, maxResponseBytes: 256 * 1024 });
  try {
    const { status, body } = await client.send({ url: wellKnownOf(issuer) });
    if (status !== 200) refuse(`The provider answered its description with status ${status}.`);
    const document = readDocument(body);
    checkAbilities(document, issuer);
    checkEndpoints(document, policy, issuer);
    return document;
  } catch (error) {
    if (isAppError(error) && error.issues.length === 0) refuse(error.message, error);
    throw error;
  } finally {
    await client.close();
  }
}
