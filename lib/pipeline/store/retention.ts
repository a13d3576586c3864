import type pg from 'pg';
import type { PartitionedTable, Partitions } from '#db/partitions.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';

const DAY_MS = 86_400_000;
/**
 * Days that each level of roll-ups is kept: the finest for charts of the last hours, days for ever. Late data counts
 * on it (`WHOLE_MS` of the metric store).
 */
export const LEVEL_DAYS = { 10: 0.25, 60: 90, 3600: 396, 86400: Number.POSITIVE_INFINITY };
/** A body is remembered for 24 hours at least, by whole days. */
const CLAIM_DAYS = 2;
/** Days that the receiver's book is kept; its report covers the last 7. */
const BOOK_DAYS = 30;
/** Rows that one statement deletes for a team with a shorter retention than others. */
const DELETE_BATCH = 20_000;

export interface RetentionParts {
  pool: pg.Pool;
  partitions: Partitions;
  metricStore: Pick<MetricStore<never>, 'maintain'>;
  rawRetentionDays: number;
}

interface TeamRetention {
  id: string;
  raw: number;
  spans: number;
  logs: number;
}

async function teamRetentions(pool: pg.Pool, rawDefault: number): Promise<TeamRetention[]> {
  const found = await pool.query<TeamRetention>(
    `select id, coalesce(raw_retention_days, $1) as raw, span_retention_days as spans, log_retention_days as logs
     from teams`,
    [rawDefault],
  );
  return found.rows;
}

/** Deletes in small statements, so that no lock is held for long. */
async function deleteBefore(
  pool: pg.Pool,
  table: string,
  timeColumn: string,
  owned: string,
  team: string,
  before: Date,
) {
  for (;;) {
    const deleted = await pool.query(
      `delete from ${table} where (tableoid, ctid) in (
         select tableoid, ctid from ${table} where ${owned} and ${timeColumn} < $2 limit ${DELETE_BATCH})`,
      [team, before],
    );
    if ((deleted.rowCount ?? 0) < DELETE_BATCH) return;
  }
}

const OF_TEAM = 'team_id = $1';
const OF_TEAM_SETS = 'set_id in (select id from metric_sets where team_id = $1)';
const OF_TEAM_SERIES = 'series_id in (select id from series where team_id = $1)';

/**
 * Keeps the telemetry tables in shape: partitions for the days to come, and no rows past the retention of their
 * team. What is past the longest retention of all teams goes by partition; only a team that keeps less
 * than another has rows deleted.
 */
export async function maintainTelemetry(parts: RetentionParts, nowMs: number): Promise<void> {
  const { pool, partitions, metricStore, rawRetentionDays } = parts;
  const teams = await teamRetentions(pool, rawRetentionDays);
  const longest = (of: (team: TeamRetention) => number, least: number): number =>
    teams.reduce((days, team) => Math.max(days, of(team)), least);
  const rawDays = longest((team) => team.raw, 1);
  await metricStore.maintain(nowMs, { raw: rawDays, levels: LEVEL_DAYS });
  const tables: [PartitionedTable, number][] = [
    ['spans', longest((team) => team.spans, 1)],
    ['logs', longest((team) => team.logs, 1)],
    ['request_claims', CLAIM_DAYS],
  ];
  for (const [table, days] of tables) {
    await partitions.ensure(table, [nowMs, nowMs + DAY_MS, nowMs + 2 * DAY_MS]);
    await partitions.dropBefore(table, nowMs - days * DAY_MS);
  }
  await pool.query('delete from sender_stats where day < $1::date', [
    new Date(nowMs - BOOK_DAYS * DAY_MS).toISOString().slice(0, 10),
  ]);
  const [spanDays, logDays] = [tables[0]?.[1] ?? 0, tables[1]?.[1] ?? 0];
  for (const team of teams) {
    const before = (days: number): Date => new Date(nowMs - days * DAY_MS);
    if (team.spans < spanDays)
      await deleteBefore(pool, 'spans', 'end_at', OF_TEAM, team.id, before(team.spans));
    if (team.logs < logDays) await deleteBefore(pool, 'logs', 'at', OF_TEAM, team.id, before(team.logs));
    if (team.raw < rawDays) {
      await deleteBefore(pool, 'metric_points', 'at', OF_TEAM_SETS, team.id, before(team.raw));
      await deleteBefore(pool, 'metric_histograms', 'at', OF_TEAM_SERIES, team.id, before(team.raw));
    }
  }
}
