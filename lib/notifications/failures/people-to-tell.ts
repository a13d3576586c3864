import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';

/** Who is told of what concerns a team's notifications: the owner of the thing, and all admins. */
export async function peopleToTell(
  tx: Tx,
  teamId: string,
  ownerId: string | null,
): Promise<{ userId: string; hasDevice: boolean }[]> {
  const rows = await tx.execute<{ id: string; has_device: boolean }>(sql`
    select u.id, exists (select 1 from push_subscriptions p where p.user_id = u.id) as has_device
    from users u left join memberships m on m.user_id = u.id and m.team_id = ${teamId}
    where u.status = 'active'
      and ('admin' in (u.global_role, u.group_global_role, m.role, m.group_role) or (u.id = ${ownerId}::uuid and m.user_id is not null))
    order by u.id = ${ownerId}::uuid desc nulls last, u.id`);
  return rows.map(({ id, has_device }) => ({ userId: id, hasDevice: has_device }));
}
