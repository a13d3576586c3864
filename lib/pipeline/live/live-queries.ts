import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { sessions, users } from '#db/schema/members.ts';
import { readGrants } from '#lib/access/grants.ts';
import type { Permission } from '#lib/access/permissions.ts';
import type { AgentStatus } from '#lib/model/agent.ts';

/** What every member of a team may see of an agent live (security K5). */
export interface LiveAgent {
  id: string;
  name: string;
  environment: string;
  status: AgentStatus;
  statusReason: string;
  lastTelemetryAt: Date | null;
}

/** The agents of a team, or those of `ids` that it has. */
export function liveAgents(db: Db, teamId: string, ids?: readonly string[]): Promise<LiveAgent[]> {
  return db
    .select({
      id: agents.id,
      name: agents.name,
      environment: agents.environment,
      status: agents.status,
      statusReason: agents.statusReason,
      lastTelemetryAt: agents.lastTelemetryAt,
    })
    .from(agents)
    .where(
      and(
        eq(agents.teamId, teamId),
        isNull(agents.deletedAt),
        ids === undefined ? undefined : inArray(agents.id, [...ids]),
      ),
    );
}

/** A socket's claim: this session, acting in this team. */
export interface SessionClaim {
  sessionId: string;
  teamId: string;
}

/**
 * Which sessions live, and what each may now do in each of its teams: `session|team` -> permissions. What is not
 * in the answer has ended or has no place in that team any more (security K3).
 */
export async function livePermissions(
  db: Db,
  claims: readonly SessionClaim[],
  now: Date,
): Promise<Map<string, ReadonlySet<Permission>>> {
  if (claims.length === 0) return new Map();
  const rows = await db
    .select({ sessionId: sessions.id, userId: users.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        inArray(sessions.id, [...new Set(claims.map((claim) => claim.sessionId))]),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        gt(sessions.idleExpiresAt, now),
        eq(users.status, 'active'),
      ),
    );
  const people = new Map(rows.map(({ sessionId, userId }) => [sessionId, userId]));
  const grants = await readGrants(db, [...new Set(people.values())]);
  return new Map(
    claims.flatMap(({ sessionId, teamId }) => {
      const held = grants.get(people.get(sessionId) ?? '');
      return held?.belongsTo(teamId) ? [[`${sessionId}|${teamId}`, held.permissionsIn(teamId)] as const] : [];
    }),
  );
}

/** Claims the id of a live token in the database; false when it was claimed before. */
export async function claimLiveToken(db: Db, jti: string, expiresAt: Date): Promise<boolean> {
  const claimed = await db.execute(sql`
    with old as (delete from live_token_claims where expires_at < now() - interval '1 minute')
    insert into live_token_claims (jti, expires_at) values (${jti}, ${expiresAt.toISOString()})
    on conflict do nothing returning jti`);
  return claimed.length === 1;
}
