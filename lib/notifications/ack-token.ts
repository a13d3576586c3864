import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';

/** Who may acknowledge by a link, and until when (Unix milliseconds). */
export interface AckClaims {
  notificationId: string;
  userId: string;
  expiresMs: number;
}

/** What a genuine link stands for. */
export interface AckLink extends AckClaims {
  teamId: string;
  alertIds: string[];
  /** It has acknowledged before and does so no more. */
  used: boolean;
}

const bodySchema = z.tuple([z.uuid(), z.uuid(), z.int()]);
const MAX_LENGTH = 400;

/**
 * Signs and reads the tokens of acknowledge links (alerting S88). The key is derived from the installation's
 * secret, so such a token is good for nothing else.
 */
export function createAckTokens(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'pitwall acknowledge link', 32));
  const sign = (body: string) => createHmac('sha256', key).update(body).digest();
  return {
    issue({ notificationId, userId, expiresMs }: AckClaims): string {
      const claims = JSON.stringify([notificationId, userId, Math.floor(expiresMs)]);
      const body = Buffer.from(claims).toString('base64url');
      return `${body}.${sign(body).toString('base64url')}`;
    },
    /** The claims of a genuine token, else null. Says nothing about its time and its use. */
    verify(token: unknown): AckClaims | null {
      if (typeof token !== 'string' || token.length > MAX_LENGTH) return null;
      const [body = '', signature = '', ...rest] = token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(body);
      if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      const claims = bodySchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!claims.success) return null;
      const [notificationId, userId, expiresMs] = claims.data;
      return { notificationId, userId, expiresMs };
    },
  };
}
export type AckTokens = ReturnType<typeof createAckTokens>;

interface LinkRow extends Record<string, unknown> {
  team_id: string;
  alert_ids: string[];
  used: boolean;
}

/**
 * Looks up what a link stands for; opening it changes nothing (alerting S88). Null when it is not genuine,
 * too old, or its person was disabled or has left the team.
 */
export async function readAckLink(db: Reader, tokens: AckTokens, token: unknown): Promise<AckLink | null> {
  const claims = tokens.verify(token);
  if (!claims) return null;
  const [row] = await db.execute<LinkRow>(sql`
    select n.team_id, n.alert_ids, n.ack_used_at is not null as used
    from notifications n join users u on u.id = n.user_id and u.status = 'active'
    where n.id = ${claims.notificationId} and n.user_id = ${claims.userId}
      and to_timestamp(${claims.expiresMs / 1000}::float8) > alert_now()
      and (u.global_role is not null or u.group_global_role is not null
        or exists (select 1 from memberships m where m.team_id = n.team_id and m.user_id = u.id))`);
  return row ? { ...claims, teamId: row.team_id, alertIds: row.alert_ids, used: row.used } : null;
}

/**
 * Spends a link of a team, in the transaction that acknowledges.
 *
 * @returns the alerts that it stands for, however many; null for all but the first caller
 */
export async function spendAckLink(tx: Tx, teamId: string, notificationId: string): Promise<string[] | null> {
  const [row] = await tx.execute<{ alert_ids: string[] }>(sql`
    update notifications set ack_used_at = alert_now()
    where id = ${notificationId} and team_id = ${teamId} and ack_used_at is null returning alert_ids`);
  return row?.alert_ids ?? null;
}
