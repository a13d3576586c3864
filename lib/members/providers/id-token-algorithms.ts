import { decodeProtectedHeader } from 'jose';

/**
 * Signatures of id tokens and logout tokens that are believed: by a key pair of the provider, never by the client
 * secret, which we hold too (HS256), and never none (security A8).
 */
export const ACCEPTED_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Those of them that a provider announces (`id_token_signing_alg_values_supported`); RS256 where it says nothing. */
export function acceptedOf(announced: unknown): string[] {
  const list = Array.isArray(announced) ? announced : ['RS256'];
  return ACCEPTED_ALGORITHMS.filter((algorithm) => list.includes(algorithm));
}

/** What a token says it was signed with, where that is accepted of its provider; else null. */
export function acceptedAlgorithmOf(token: string, announced: unknown): string | null {
  try {
    const { alg } = decodeProtectedHeader(token);
    return acceptedOf(announced).find((algorithm) => algorithm === alg) ?? null;
  } catch {
    return null;
  }
}
