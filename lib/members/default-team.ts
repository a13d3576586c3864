import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { teams } from '#db/schema/members.ts';
import type { Origin, SystemActor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** The team that exists from the first start on. */
export const DEFAULT_TEAM = { slug: 'default', name: 'Default' } as const;

/** Whether a team is the one that newcomers are led to, by its short name. */
export const isDefaultTeam = ({ slug }: { slug: string }): boolean => slug === DEFAULT_TEAM.slug;

/** The id of the default team, made if it is missing. Concurrent callers get the same one. */
export async function ensureDefaultTeam(tx: Tx, now: Date): Promise<string> {
  await tx
    .insert(teams)
    .values({ id: uuidv7(now.getTime()), ...DEFAULT_TEAM, createdAt: now })
    .onConflictDoNothing();
  const [team] = await tx.select({ id: teams.id }).from(teams).where(eq(teams.slug, DEFAULT_TEAM.slug));
  if (!team) throw new Error('The default team is missing after it was made.');
  return team.id;
}

/** A named part of the system with the permissions that its maker lists, in the default team's ledger. */
export async function systemActor(
  db: Reader,
  name: string,
  grants: readonly Permission[],
  origin: Origin = { ip: null, userAgent: null, requestId: name },
): Promise<SystemActor> {
  const [team] = await db.select({ id: teams.id }).from(teams).where(eq(teams.slug, DEFAULT_TEAM.slug));
  return { kind: 'system', name, teamId: team?.id ?? INSTALLATION_LEDGER, grants, origin };
}
