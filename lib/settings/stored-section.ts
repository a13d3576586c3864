import { and, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { installationSettings } from '#db/schema/sign-in.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { InstallationSettings, SectionState } from '#lib/model/installation-settings.ts';
import type { Section } from './sections.ts';

/** A section as it stands in the database; `value` null where nothing was ever set here. */
interface StoredSection {
  value: Record<string, unknown> | null;
  state: SectionState;
}

export async function readSection(db: Reader, section: Section): Promise<StoredSection> {
  const { value, version, updatedAt } = installationSettings;
  const [row] = await db
    .select({ value, version, updatedAt, changedBy: users.name })
    .from(installationSettings)
    .leftJoin(users, eq(users.id, installationSettings.updatedBy))
    .where(eq(installationSettings.section, section));
  if (!row) return { value: null, state: { version: 0, changedAt: null, changedBy: null } };
  const changedAt = row.updatedAt.getTime();
  return { value: row.value, state: { version: row.version, changedAt, changedBy: row.changedBy } };
}

interface NewValue {
  section: Section;
  value: Record<string, unknown>;
  /** The version that the person saw; 0: there was no row. */
  seen: number;
  actor: Actor;
  now: Date;
}

/**
 * Stores the next version of a section. A row is never deleted, so that a version never means two things.
 *
 * @throws AppError `conflict` when somebody was first
 */
export async function writeSection(tx: Tx, { section, value, seen, actor, now }: NewValue): Promise<number> {
  const updatedBy = actor.kind === 'user' ? actor.userId : null;
  const { version } = installationSettings;
  const written =
    seen === 0
      ? await tx
          .insert(installationSettings)
          .values({ section, value, updatedBy, updatedAt: now })
          .onConflictDoNothing()
          .returning({ version })
      : await tx
          .update(installationSettings)
          .set({ value, updatedBy, updatedAt: now, version: sql`${version} + 1` })
          .where(and(eq(installationSettings.section, section), eq(version, seen)))
          .returning({ version });
  const [row] = written;
  if (!row) throw new AppError('conflict', 'Somebody else changed these settings. Reload to see the change.');
  return row.version;
}

/** What the environment says; only the web process knows it for its commands. */
export function environmentOf({ installation }: CommandDeps): InstallationSettings {
  if (!installation) throw new AppError('unavailable', 'This process changes no settings.');
  return installation;
}
