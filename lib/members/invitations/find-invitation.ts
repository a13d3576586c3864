import { and, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { roles, teams, users } from '#db/schema/members.ts';
import { invitations } from '#db/schema/sign-in.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { hashToken } from '../session-token.ts';
import { isUsable } from './invitation-rows.ts';

/** An invitation that can be accepted now. */
export interface OpenInvitation {
  id: string;
  teamId: string;
  teamName: string;
  email: string;
  role: string;
  roleName: string;
  invitedBy: string;
  /** Somebody with this address has an account already. */
  isKnown: boolean;
}

/** Whether whoever invited may still do so and still holds all that the role gives (security Z13). */
async function mayStillInvite(
  db: Reader,
  invitedBy: string,
  teamId: string,
  role: { id: string; permissions: string[] },
): Promise<boolean> {
  const [inviter] = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, invitedBy), eq(users.status, 'active')));
  if (!inviter) return false;
  const held = (await grantsOf(db, invitedBy)).permissionsIn(teamId);
  return held.has('members:manage') && [...effectivePermissions([role], [])].every((each) => held.has(each));
}

/**
 * The invitation behind a link. Null for every reason alike: unknown, too old, used, taken back, or made by somebody
 * who may not invite any more.
 */
export async function findInvitation(db: Reader, token: string, now: Date): Promise<OpenInvitation | null> {
  if (token.length < 32 || token.length > 128) return null;
  const [row] = await db
    .select({ invitation: invitations, teamName: teams.name, role: roles })
    .from(invitations)
    .innerJoin(teams, eq(teams.id, invitations.teamId))
    .innerJoin(roles, eq(roles.id, invitations.role))
    .where(and(eq(invitations.tokenHash, hashToken(token)), isUsable(now)));
  if (!row?.invitation.invitedBy) return null;
  const { id, teamId, email, invitedBy } = row.invitation;
  if (!(await mayStillInvite(db, invitedBy, teamId, row.role))) return null;
  const people = await db
    .select({ name: users.name, email: users.email })
    .from(users)
    .where(eq(users.id, invitedBy));
  const [known] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  return {
    id,
    teamId,
    teamName: row.teamName,
    email,
    role: row.role.id,
    roleName: row.role.name,
    invitedBy: people[0]?.name || people[0]?.email || '',
    isKnown: known !== undefined,
  };
}
