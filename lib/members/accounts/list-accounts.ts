import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AccountView, HeldRole } from '#lib/model/access-view.ts';
import { unstorablePaths } from '#lib/model/storable-text.ts';

const PAGE = 50;

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  email: string;
  status: AccountView['status'];
  global_role: HeldRole | null;
  group_global_role: HeldRole | null;
  teams: AccountView['teams'];
  has_second_factor: boolean;
  has_password: boolean;
  is_provisioned: boolean;
  sessions: number;
  last_sign_in_ms: number | null;
}

const cursorSchema = z.tuple([
  z.literal('accounts'),
  z
    .string()
    .max(320)
    .refine((text) => unstorablePaths(text).length === 0),
]);

const encodeCursor = (email: string) =>
  Buffer.from(JSON.stringify(['accounts', email])).toString('base64url');

/** @throws AppError `invalid` for a cursor that was not made by this list */
function emailOf(cursor: string): string {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))[1];
  } catch (cause) {
    const issues = [{ path: 'cursor', message: 'This cursor does not belong to this list.' }];
    throw new AppError('invalid', 'Some values are not valid.', { issues, cause });
  }
}

const role = (column: SQL) =>
  sql`(select jsonb_build_object('id', r.id, 'name', r.name) from roles r where r.id = ${column})`;

function toView(row: Row, own: string | null): AccountView {
  return {
    userId: row.id,
    name: row.name,
    email: row.status === 'deleted' ? '' : row.email,
    status: row.status,
    globalRole: row.global_role,
    groupGlobalRole: row.group_global_role,
    teams: row.teams,
    hasSecondFactor: row.has_second_factor,
    hasPassword: row.has_password,
    isProvisioned: row.is_provisioned,
    isYou: row.id === own,
    sessions: row.sessions,
    lastSignInAt: row.last_sign_in_ms === null ? null : Math.floor(row.last_sign_in_ms),
  };
}

/** Accounts of the installation by their address, page by page; deleted ones are asked for by name of their state. */
export const listAccounts = defineQuery({
  name: 'accounts.list',
  permission: 'accounts:read',
  input: z.strictObject({
    q: z.string().trim().max(200).optional().describe('Part of a name or an address'),
    status: z.enum(['active', 'disabled', 'deleted']).optional(),
    cursor: z.string().max(600).optional().describe('`nextCursor` of the page before'),
  }),
  run: async ({ input, actor, db, now }): Promise<{ items: AccountView[]; nextCursor: string | null }> => {
    const { q, status, cursor } = input;
    const pattern = `%${(q ?? '').replace(/[\\%_]/g, '\\$&')}%`;
    const filters = [
      status ? sql`u.status = ${status}` : sql`u.status <> 'deleted'`,
      ...(q ? [sql`(u.email ilike ${pattern} or u.name ilike ${pattern})`] : []),
      ...(cursor === undefined ? [] : [sql`u.email > ${emailOf(cursor)}`]),
    ];
    const rows = await db.execute<Row>(sql`
      select u.id, u.name, u.email, u.status, ${role(sql`u.global_role`)} as global_role,
        ${role(sql`u.group_global_role`)} as group_global_role, u.is_provisioned,
        (select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'role',
            concat_ws(', ', r.name, g.name)) order by lower(t.name)), '[]')
          from memberships m join teams t on t.id = m.team_id
            left join roles r on r.id = m.role left join roles g on g.id = m.group_role and g.id is distinct from m.role
          where m.user_id = u.id) as teams,
        u.totp_confirmed_at is not null or exists (select 1 from passkeys p where p.user_id = u.id)
          as has_second_factor,
        u.password_hash is not null and u.provisioned_issuer is null as has_password,
        (select count(*)::int from sessions s where s.user_id = u.id and s.revoked_at is null
          and s.expires_at > ${now.toISOString()}::timestamptz
          and s.idle_expires_at > ${now.toISOString()}::timestamptz) as sessions,
        (extract(epoch from u.last_sign_in_at) * 1000)::float8 as last_sign_in_ms
      from users u
      where ${sql.join(filters, sql` and `)}
      order by u.email
      limit ${PAGE + 1}`);
    const own = actor.kind === 'user' ? actor.userId : null;
    const page = rows.slice(0, PAGE);
    const last = rows.length > PAGE ? page.at(-1) : undefined;
    return { items: page.map((row) => toView(row, own)), nextCursor: last ? encodeCursor(last.email) : null };
  },
});
