/**
 * Teams: what they are called, and their beginning and end. What a team decided about its telemetry stands beside
 * this room, in team-settings-query.ts.
 *
 * This file holds what may be typed of them.
 */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { AppError } from '#lib/kernel/errors.ts';

export const teamFields = {
  name: z.string().trim().min(1, 'Give the team a name.').max(80),
  slug: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use small letters, digits and hyphens, and begin with no hyphen.'),
};

/** Short names are given one at a time, so that the second who wants one is told in words. */
export async function takeSlug(tx: Tx, slug: string, except: string | null): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('team-slugs', 0))`);
  const taken = await tx.execute(
    sql`select 1 from teams where slug = ${slug} and id is distinct from ${except}::uuid`,
  );
  if (taken.length > 0)
    throw new AppError('conflict', `There is a team with the short name ${slug} already.`);
}
