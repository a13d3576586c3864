import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { UserActor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { requirePermission } from '#lib/access/require.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { randomToken } from '#lib/kernel/ids.ts';

/** Life of a live token: it is asked for right before the connection is made (security K2). */
export const LIVE_TOKEN_SECONDS = 30;

/** What of a person's permissions decides about live connections. */
const LIVE_PERMISSIONS = [
  'agents:read',
  'metrics:read',
  'alerts:read',
  'deployments:read',
  'clusters:read',
] as const satisfies readonly Permission[];

/** Who a live token stands for. */
export interface LiveTokenSubject {
  userId: string;
  sessionId: string;
  teamId: string;
  permissions: ReadonlySet<Permission>;
}

const claimsSchema = z.strictObject({
  jti: z.string().min(20).max(64),
  exp: z.int(),
  userId: z.uuid(),
  sessionId: z.uuid(),
  teamId: z.uuid(),
  permissions: z.array(z.enum(LIVE_PERMISSIONS)),
});
export type LiveTokenClaims = z.infer<typeof claimsSchema>;

const MAX_LENGTH = 1024;

function sign(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}

/**
 * Issues and checks the tokens that let a browser open a live connection. The key is derived from the
 * installation's secret, so a live token is good for nothing else.
 */
export function createLiveTokens(secret: string, clock: Clock) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'pitwall live token', 32));
  return {
    issue({ userId, sessionId, teamId, ...subject }: LiveTokenSubject): string {
      const exp = clock.now() + LIVE_TOKEN_SECONDS * 1000;
      const permissions = LIVE_PERMISSIONS.filter((permission) => subject.permissions.has(permission));
      const claims: LiveTokenClaims = { jti: randomToken(16), exp, userId, sessionId, teamId, permissions };
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${body}.${sign(key, body).toString('base64url')}`;
    },
    /** The claims of a genuine token that has not expired, else null. Says nothing about its use before. */
    verify(token: unknown): LiveTokenClaims | null {
      if (typeof token !== 'string' || token.length > MAX_LENGTH) return null;
      const [body = '', signature = '', ...rest] = token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(key, body);
      if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      return claims.success && claims.data.exp > clock.now() ? claims.data : null;
    },
  };
}

/**
 * A token for one live connection of a person to the team that they act in.
 *
 * @throws AppError `forbidden` for a person who may not see the team's agents
 */
export function issueLiveToken(secret: string, clock: Clock, actor: UserActor): string {
  requirePermission(actor, 'agents:read');
  return createLiveTokens(secret, clock).issue(actor);
}
