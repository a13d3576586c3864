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

/** What is known of a team's last look when the next begins: its signature, null for a team that had none. */
interface Look {
  signature: string | null;
}

/**
 * Takes the look at a team's open alerts for this transaction. Null when another has it, once that one is done: groups
 * are looked at after this, never before (alerting S55).
 */
export async function claimLook(tx: Tx, teamId: string): Promise<Look | null> {
  const key = sql`hashtextextended('look at mutes of ' || ${teamId}::text, 0)`;
  const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${key}) as taken`);
  if (!lock?.taken) {
    await tx.execute(sql`select pg_advisory_xact_lock_shared(${key})`);
    return null;
  }
  const [row] = await tx.execute<{ mute_signature: string }>(sql`
    select mute_signature from alert_settings where team_id = ${teamId}::uuid`);
  return { signature: row?.mute_signature ?? null };
}

/**
 * Remembers under which mutes the open alerts were looked at, unless a new look was asked for since this one began.
 * Whoever raises alerts holds those and then asks: call it while no more than the alerts are held.
 */
export async function keepSignature(tx: Tx, teamId: string, last: Look, signature: string): Promise<void> {
  await tx.execute(sql`
    insert into alert_settings as s (team_id, mute_signature) values (${teamId}::uuid, ${signature})
    on conflict (team_id) do update set mute_signature = excluded.mute_signature
    where s.mute_signature = ${last.signature}::text`);
}
