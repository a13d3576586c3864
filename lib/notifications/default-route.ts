import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** Behind every route that people make. */
const LAST_POSITION = 1_000_000;
const GROUP_BY = ['alertname', 'agent'];

/** Makes the route that takes what no other does, where a team lacks it. */
export async function ensureDefaultRoute(tx: Tx, teamId: string): Promise<void> {
  await tx.execute(sql`
    insert into alert_routes (id, team_id, position, name, group_by, is_default)
    values (${uuidv7()}::uuid, ${teamId}::uuid, ${LAST_POSITION}, 'Everything else',
      ${JSON.stringify(GROUP_BY)}::text::jsonb, true)
    on conflict (team_id) where is_default do nothing`);
}
