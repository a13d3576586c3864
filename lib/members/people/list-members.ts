/**
 * People of a team: who may act in it, by which roles, and what admins change about that.
 */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import type { HeldRole, MemberView } from '#lib/model/access-view.ts';

const MOST = 1000;

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  email: string;
  status: 'active' | 'disabled';
  role: HeldRole | null;
  group_role: HeldRole | null;
  global_roles: HeldRole[];
  is_member: boolean;
  has_second_factor: boolean;
  is_provisioned: boolean;
  last_sign_in_ms: number | null;
}

const role = (column: ReturnType<typeof sql>) =>
  sql`(select jsonb_build_object('id', r.id, 'name', r.name) from roles r where r.id = ${column})`;

/** Everybody who may act in the actor's team: its members, then people whom a global role lets in. */
export const listMembers = defineQuery({
  name: 'members.list',
  permission: 'members:read',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<{ items: MemberView[] }> => {
    const rows = await db.execute<Row>(sql`
      select u.id, u.name, u.email, u.status, ${role(sql`m.role`)} as role, ${role(sql`m.group_role`)} as group_role,
        coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) order by r.id) from roles r
          where r.id in (u.global_role, u.group_global_role) and r.team_id is null), '[]') as global_roles,
        m.user_id is not null as is_member, u.is_provisioned,
        u.totp_confirmed_at is not null or exists (select 1 from passkeys p where p.user_id = u.id)
          as has_second_factor,
        (extract(epoch from u.last_sign_in_at) * 1000)::float8 as last_sign_in_ms
      from users u left join memberships m on m.user_id = u.id and m.team_id = ${actor.teamId}
      where u.status <> 'deleted'
        and (m.user_id is not null or u.global_role is not null or u.group_global_role is not null)
      order by m.user_id is null, lower(coalesce(nullif(u.name, ''), u.email)), u.id
      limit ${MOST}`);
    const own = actor.kind === 'user' ? actor.userId : null;
    return {
      items: rows.map((row) => ({
        userId: row.id,
        name: row.name,
        email: row.email,
        status: row.status,
        role: row.role,
        groupRole: row.group_role,
        globalRoles: row.global_roles,
        isMember: row.is_member,
        hasSecondFactor: row.has_second_factor,
        isProvisioned: row.is_provisioned,
        isYou: row.id === own,
        lastSignInAt: row.last_sign_in_ms === null ? null : Math.floor(row.last_sign_in_ms),
      })),
    };
  },
});
