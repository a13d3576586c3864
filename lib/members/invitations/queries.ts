import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import type { HeldRole, InvitationView } from '#lib/model/access-view.ts';

const MOST = 500;

interface Row extends Record<string, unknown> {
  id: string;
  email: string;
  role: HeldRole;
  invited_by: string | null;
  mail: 'queued' | 'sent' | 'failed' | null;
  created_ms: number;
  expires_ms: number;
}

/** Invitations into the actor's team that nobody has accepted yet, the latest first. */
export const listInvitations = defineQuery({
  name: 'invitations.list',
  permission: 'members:read',
  input: z.strictObject({}),
  run: async ({ actor, db, now, deps }): Promise<{ items: InvitationView[]; sendsMail: boolean }> => {
    const rows = await db.execute<Row>(sql`
      select i.id, i.email, jsonb_build_object('id', r.id, 'name', r.name) as role,
        coalesce(nullif(u.name, ''), u.email) as invited_by,
        (select m.status from mails m where m.kind = 'invitation' and m.recipient = i.email
          and m.expires_at = i.expires_at limit 1) as mail,
        (extract(epoch from i.created_at) * 1000)::float8 as created_ms,
        (extract(epoch from i.expires_at) * 1000)::float8 as expires_ms
      from invitations i join roles r on r.id = i.role left join users u on u.id = i.invited_by
      where i.team_id = ${actor.teamId} and i.accepted_at is null and i.revoked_at is null
      order by i.created_at desc, i.id desc limit ${MOST}`);
    return {
      sendsMail: (await deps.sendsMail?.()) ?? false,
      items: rows.map((row) => ({
        id: row.id,
        email: row.email,
        role: row.role,
        invitedBy: row.invited_by,
        state: row.expires_ms > now.getTime() ? 'open' : 'expired',
        mail: row.mail ?? 'none',
        createdAt: Math.floor(row.created_ms),
        expiresAt: Math.floor(row.expires_ms),
      })),
    };
  },
});
