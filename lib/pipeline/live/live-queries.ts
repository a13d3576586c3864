import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { memberships, sessions, users } from '#db/schema/members.ts';
import { BUILT_IN_ROLES, type Role } from '#lib/access/permissions.ts';
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
 * Which sessions live, and the role that each now has in each of its teams, in one query: `session|team`
 * -> role. What is not in the answer has ended or has no place in that team any more (security K3).
 */
export async function liveRoles(
  db: Db,
  claims: readonly SessionClaim[],
  now: Date,
): Promise<Map<string, Role>> {
  if (claims.length === 0) return new Map();
  const teamIds = [...new Set(claims.map((claim) => claim.teamId))];
  const rows = await db
    .select({
      sessionId: sessions.id,
      globalRole: users.globalRole,
      teamId: memberships.teamId,
      role: memberships.role,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(memberships, and(eq(memberships.userId, users.id), inArray(memberships.teamId, teamIds)))
    .where(
      and(
        inArray(sessions.id, [...new Set(claims.map((claim) => claim.sessionId))]),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        gt(sessions.idleExpiresAt, now),
        eq(users.status, 'active'),
      ),
    );
  const roles = new Map<string, Role>();
  const globals = new Map(rows.map((row) => [row.sessionId, row.globalRole]));
  const own = new Map(rows.map((row) => [`${row.sessionId}|${row.teamId}`, row.role]));
  for (const { sessionId, teamId } of claims) {
    const key = `${sessionId}|${teamId}`;
    const held = [globals.get(sessionId), own.get(key)];
    // Built-in roles stand in the order of their strength.
    const role = BUILT_IN_ROLES.find((candidate) => held.includes(candidate));
    if (role) roles.set(key, role);
  }
  return roles;
}

/** Claims the id of a live token in the database; false when it was claimed before. */
export async function claimLiveToken(db: Db, jti: string, expiresAt: Date): Promise<boolean> {
  const claimed = await db.execute(sql`
    with old as (delete from live_token_claims where expires_at < now() - interval '1 minute')
    insert into live_token_claims (jti, expires_at) values (${jti}, ${expiresAt.toISOString()})
    on conflict do nothing returning jti`);
  return claimed.length === 1;
}
