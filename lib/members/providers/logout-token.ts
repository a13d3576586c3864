import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { discoverProvider } from './discover-provider.ts';
import { acceptedOf } from './id-token-algorithms.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Longest life that a token is believed, and the difference of two clocks, seconds. */
const MOST_AGE = 300;
const TOLERANCE = 10;

const claimsSchema = z
  .object({
    jti: z.string().min(1).max(255),
    iat: z.number(),
    exp: z.number(),
    sub: z.string().min(1).max(255).optional(),
    sid: z.string().min(1).max(255).optional(),
    events: z.record(z.string(), z.unknown()),
    nonce: z.undefined().optional(),
  })
  .refine(({ events }) => typeof events[EVENT] === 'object' && events[EVENT] !== null)
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);

/** Whom a provider signed out, and until when its word could be said again. */
export interface SignedOut {
  issuer: string;
  jti: string;
  expiresAt: Date;
  subject: string | null;
  sessionId: string | null;
}

async function fetchKeys(address: string, policy: OutboundPolicy): Promise<JSONWebKeySet> {
  const client = createOutboundClient({ policy, timeoutMs: 5000, maxResponseBytes: 256 * 1024 });
  try {
    const { body } = await client.send({ url: address });
    return z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).parse(JSON.parse(body));
  } finally {
    await client.close();
  }
}

/**
 * Judges a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6) by the keys that the provider shows
 * now: issuer, audience, time, signature, the event, and no nonce. That it comes once is for the caller.
 *
 * @throws AppError `invalid` in the same words for every reason
 */
export async function readLogoutToken(
  token: string,
  { issuer, clientId }: { issuer: string; clientId: string },
  policy: OutboundPolicy,
  now: Date,
): Promise<SignedOut> {
  try {
    const { jwks_uri, id_token_signing_alg_values_supported: announced } = await discoverProvider(
      issuer,
      policy,
    );
    const keys = createLocalJWKSet(await fetchKeys(jwks_uri, policy));
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      algorithms: acceptedOf(announced),
      clockTolerance: TOLERANCE,
      maxTokenAge: MOST_AGE,
      currentDate: now,
    });
    const { jti, exp, sub = null, sid = null } = claimsSchema.parse(payload);
    const last = Math.min(exp, now.getTime() / 1000 + MOST_AGE) + 2 * TOLERANCE;
    return { issuer, jti, expiresAt: new Date(last * 1000), subject: sub, sessionId: sid };
  } catch (cause) {
    throw new AppError('invalid', 'This is no valid logout token.', { cause });
  }
}
