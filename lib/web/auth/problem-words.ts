import { ACCEPTED_ALGORITHMS } from '#lib/members/providers/id-token-algorithms.ts';

/** What openid-client and providers say, and what it means to an admin; the first that matches counts. */
const MEANINGS: readonly [pattern: RegExp, words: string][] = [
  [/inside the network/, 'The provider leads inside the network. An admin can open it with OUTBOUND_ALLOW.'],
  [/port \d+ is closed/, 'The provider listens on a port that an admin can open with OUTBOUND_PORTS.'],
  [/timed out|did not answer in time|ETIMEDOUT/, 'The provider did not answer in time.'],
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|socket hang up/, 'The provider could not be reached.'],
  [/certificate|self-signed|CERT_|ERR_TLS/i, 'The certificate of the provider is not trusted here.'],
  [/^userinfo failed/, 'The provider did not say more about the person (userinfo).'],
  [/invalid_client|unauthorized_client/, 'The provider does not accept the client id or its secret.'],
  [/redirect_uri/, 'The provider does not know our callback address for this client.'],
  [/invalid_scope/, 'The provider refuses one of the scopes.'],
  [/access_denied|login_required|consent_required|interaction_required/, 'The provider let nobody in.'],
  [/invalid_grant/, 'The provider did not take its own code back: it was used before, or took too long.'],
  [/nonce/, 'The id token belongs to another sign-in (nonce).'],
  [/state|PKCE|cookie was/i, 'The answer belongs to another sign-in (state). Try again in one window.'],
  [
    /iss mismatch|unexpected iss|iss missing/,
    'Somebody else answered: the issuer is not the one that is set up.',
  ],
  [/aud/, 'The id token was made for another client.'],
  [
    /JWT alg|alg/,
    `The id token is signed in a way that is not accepted: ${ACCEPTED_ALGORITHMS.join(', ')} are.`,
  ],
  [/signature|valid key|JWKS|kid/, 'The signature of the id token is not by a key of the provider.'],
  [/expired|iat|exp\b|nbf/, 'The id token is not valid now. Compare the clocks of both machines.'],
];

/** As much of what was said is shown (security O5). */
const MOST_SAID = 200;

/** Why a sign-in through a provider failed, in words, with what was said. */
export function wordsOfProblem(error: unknown): string {
  const { message = '', code = '' } =
    typeof error === 'object' && error !== null ? (error as Partial<Error & { code: unknown }>) : {};
  const said = [message, String(code ?? '')].filter((part) => part !== '').join(' ');
  const words =
    MEANINGS.find(([pattern]) => pattern.test(said))?.[1] ?? 'The sign-in did not come back whole.';
  return said === '' ? words : `${words} (${said.slice(0, MOST_SAID).toWellFormed().replaceAll('\0', '')})`;
}
