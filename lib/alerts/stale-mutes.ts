import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { loadAllMutes, NO_MUTES_SIGNATURE } from './mutes.ts';

/** The teams whose open alerts were last looked at under other mutes than those in force now. */
export async function findStaleTeams(db: Db, at: Date): Promise<string[]> {
  const mutes = await loadAllMutes(db, at);
  const known = await db.execute<{ team_id: string; mute_signature: string }>(sql`
    select team_id, mute_signature from alert_settings where mute_signature <> ${NO_MUTES_SIGNATURE}`);
  const signatures = new Map(known.map((row) => [row.team_id, row.mute_signature]));
  const teams = new Set([...mutes.keys(), ...signatures.keys()]);
  return [...teams].filter(
    (teamId) => (mutes.get(teamId)?.signature ?? NO_MUTES_SIGNATURE) !== signatures.get(teamId),
  );
}

/** Takes the look at a team's open alerts for this transaction; false while another has it. */
export async function claimLook(tx: Tx, teamId: string): Promise<boolean> {
  await tx.execute(sql`
    insert into alert_settings (team_id) values (${teamId}::uuid) on conflict (team_id) do nothing`);
  const rows = await tx.execute(sql`
    select team_id from alert_settings where team_id = ${teamId}::uuid for update skip locked`);
  return rows.length > 0;
}

/** Remembers under which mutes the open alerts were looked at. */
export async function keepSignature(tx: Tx, teamId: string, signature: string): Promise<void> {
  await tx.execute(sql`
    update alert_settings set mute_signature = ${signature} where team_id = ${teamId}::uuid`);
}
