import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/members.ts';
import type { Redactor } from '#lib/content/redaction/redactor.ts';
import { createTeamRedactors } from '#lib/content/redaction/team-redactor.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';

/** What a team decides about its own telemetry. */
export interface TeamSettings {
  /** False: prompts, completions and tool arguments are dropped while decoding. */
  captureContent: boolean;
  /** What of content is never stored; null when the team has no rules. */
  redactor: Redactor | null;
  /** Days for which raw points, spans and logs are kept; older items are refused. */
  rawRetentionDays: number;
  spanRetentionDays: number;
  logRetentionDays: number;
}

/** How old a setting may be, milliseconds: switching content off takes hold within this time. */
const FRESH_MS = 5_000;

/** Reads team settings, each at most once in 5 s; concurrent questions share one look-up. */
export function createTeamSettings(parts: { db: Db; clock: Clock; defaultRawRetentionDays: number }) {
  const redactorOf = createTeamRedactors(parts.db);
  const known = new Map<string, { settings: Promise<TeamSettings>; staleAtMs: number }>();

  async function load(teamId: string): Promise<TeamSettings> {
    const [row] = await parts.db.select().from(teams).where(eq(teams.id, teamId)).limit(1);
    if (row === undefined) throw new AppError('unauthenticated', 'The team of this API key is gone.');
    return {
      captureContent: row.contentCapture,
      redactor: await redactorOf(teamId),
      rawRetentionDays: row.rawRetentionDays ?? parts.defaultRawRetentionDays,
      spanRetentionDays: row.spanRetentionDays,
      logRetentionDays: row.logRetentionDays,
    };
  }

  /** @throws AppError `unavailable` while the database does not answer */
  return async (teamId: string): Promise<TeamSettings> => {
    const nowMs = parts.clock.now();
    const cached = known.get(teamId);
    if (cached !== undefined && cached.staleAtMs > nowMs) return cached.settings;
    // Everybody who waits for this look-up waits for its failure in words, too.
    const settings = load(teamId).catch((error: unknown) => {
      known.delete(teamId);
      if (error instanceof AppError) throw error;
      throw new AppError('unavailable', 'Team settings cannot be read at the moment.', {
        retryAfterSeconds: 2,
        cause: error,
      });
    });
    known.set(teamId, { settings, staleAtMs: nowMs + FRESH_MS });
    return settings;
  };
}
