import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import type { LabelMatcher, Labels } from '#lib/model/alert.ts';
import type { Suppression } from '#lib/model/alert-finding.ts';
import { matcherTest } from '#lib/model/label-matcher.ts';
import { maintenanceWhenSchema } from '#lib/model/maintenance.ts';
import type { InhibitionRule } from './inhibition.ts';
import { isInMaintenance } from './maintenance-time.ts';

/** A silence or a maintenance window that is in force. */
interface Mute extends Suppression {
  passes: (labels: Labels) => boolean;
}

/** Everything that keeps alerts of one team quiet at one moment. */
export interface Mutes {
  teamId: string;
  direct: readonly Mute[];
  inhibitions: readonly InhibitionRule[];
  /** The same for the same mutes: when it differs, the open alerts are to be looked at again. */
  signature: string;
}

export const NO_MUTES_SIGNATURE = 'none';

interface MuteRow extends Record<string, unknown> {
  kind: Suppression['kind'];
  id: string;
  team_id: string;
  name: string;
  matchers: LabelMatcher[];
  time_zone: string | null;
  when: unknown;
  target: LabelMatcher[] | null;
  equal: string[] | null;
  version: string;
}

/** Of windows, all that are enabled: whether one is on is decided by the calendar of its zone. */
function rowsOf(db: Reader, teamId: string | null, at: Date) {
  const now = sql`${at.toISOString()}::timestamptz`;
  const own = teamId === null ? sql`true` : sql`team_id = ${teamId}::uuid`;
  return db.execute<MuteRow>(sql`
    select 'silence' as kind, id, team_id, comment || ' (by ' || created_by_name || ')' as name, matchers,
      null::text as time_zone, null::jsonb as "when", null::jsonb as target, null::jsonb as equal, '' as version
    from silences where ${own} and starts_at <= ${now} and ends_at > ${now}
    union all
    select 'maintenance', id, team_id, name, matchers, time_zone, "when", null, null, updated_at::text
    from maintenance_windows where ${own} and enabled
    union all
    select 'inhibition', id, team_id, name, source, null, null, target, equal, created_at::text
    from inhibition_rules where ${own}`);
}

/** A window that cannot be read, or whose zone is none, is not on (reliability F38). */
function isOn(row: MuteRow, at: Date): boolean {
  if (row.kind !== 'maintenance') return true;
  const when = maintenanceWhenSchema.safeParse(row.when);
  try {
    return when.success && isInMaintenance(when.data, row.time_zone ?? 'UTC', at);
  } catch {
    return false;
  }
}

function signatureOf(rows: readonly MuteRow[]): string {
  if (rows.length === 0) return NO_MUTES_SIGNATURE;
  const text = rows
    .map((row) => `${row.kind} ${row.id} ${row.version}`)
    .sort()
    .join('\n');
  return createHash('sha256').update(text).digest('hex');
}

function mutesOf(teamId: string, rows: readonly MuteRow[]): Mutes {
  const direct = rows.filter(({ kind }) => kind !== 'inhibition');
  const inhibitions = rows.filter(({ kind }) => kind === 'inhibition');
  return {
    teamId,
    direct: direct.map(({ kind, id, name, matchers }) => ({ kind, id, name, passes: matcherTest(matchers) })),
    inhibitions: inhibitions.map(({ id, name, matchers, target, equal }) => ({
      id,
      name,
      sourceMatchers: matchers,
      isSource: matcherTest(matchers),
      isTarget: matcherTest(target ?? []),
      equal: equal ?? [],
    })),
    signature: signatureOf(rows),
  };
}

/** What keeps alerts of a team quiet at `at`. */
export async function loadMutes(db: Reader, teamId: string, at: Date): Promise<Mutes> {
  const rows = await rowsOf(db, teamId, at);
  return mutesOf(
    teamId,
    rows.filter((row) => isOn(row, at)),
  );
}

/** The mutes of all teams that have some. */
export async function loadAllMutes(db: Reader, at: Date): Promise<Map<string, Mutes>> {
  const rows = (await rowsOf(db, null, at)).filter((row) => isOn(row, at));
  const byTeam = Map.groupBy(rows, (row) => row.team_id);
  return new Map([...byTeam].map(([teamId, own]) => [teamId, mutesOf(teamId, own)]));
}
