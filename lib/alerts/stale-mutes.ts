import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { loadAllMutes, NO_MUTES_SIGNATURE } from './mutes.ts';

/** Where the signature of a team begins with this, a look was asked for. */
const ASKED = 'asked ';

/**
 * Asks for a new look at all open alerts of a team. Each asking differs from every other, so that a look under way,
 * which does not see what this transaction changes, does not take it for its own.
 */
export async function askForNewLook(tx: Tx, teamId: string): Promise<void> {
  await tx.execute(sql`
    insert into alert_settings (team_id, mute_signature) values (${teamId}::uuid, ${ASKED} || gen_random_uuid())
    on conflict (team_id) do update set mute_signature = excluded.mute_signature`);
}

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

const raising = (teamId: string) => sql`hashtextextended('alerts raised in ' || ${teamId}::text, 0)`;

/**
 * Keeps looks at the open alerts of a team out until the end of this transaction: what it raises is seen by the next. A
 * look would otherwise miss an alert that is not committed yet and was raised before a mute began. To be called before
 * alerts are locked; a look under way is waited for.
 */
export async function keepLooksOut(tx: Tx, teamId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${raising(teamId)})`);
}

/**
 * Whether the last look at the open alerts was made under other mutes than these, of the moment of whoever raises: one
 * that has begun or ended in between. Where a look was asked for it comes by itself.
 */
export async function wasLookedAtUnderOthers(tx: Tx, teamId: string, signature: string): Promise<boolean> {
  const [row] = await tx.execute<{ mute_signature: string }>(sql`
    select mute_signature from alert_settings where team_id = ${teamId}::uuid`);
  const last = row?.mute_signature || NO_MUTES_SIGNATURE;
  return last !== signature && !last.startsWith(ASKED);
}

/** What is known of a team's last look when the next begins: its signature, null for a team that had none. */
interface Look {
  signature: string | null;
}

/**
 * Takes the look at a team's open alerts for this transaction. Null when another has it, once that one is done: groups
 * are looked at after this, never before (alerting S55). Whoever raises alerts of the team at the moment is waited for.
 */
export async function claimLook(tx: Tx, teamId: string): Promise<Look | null> {
  const key = sql`hashtextextended('look at mutes of ' || ${teamId}::text, 0)`;
  const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${key}) as taken`);
  if (!lock?.taken) {
    await tx.execute(sql`select pg_advisory_xact_lock_shared(${key})`);
    return null;
  }
  await tx.execute(sql`select pg_advisory_xact_lock(${raising(teamId)})`);
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
