import { and, desc, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { agentVersionChanges } from '#db/schema/agents.ts';

/** The version that an agent had before it last changed to the given one; null where no such change is known. */
export async function versionBefore(
  db: Reader,
  teamId: string,
  agentId: string,
  version: string,
): Promise<string | null> {
  const changes = agentVersionChanges;
  const [row] = await db
    .select({ before: changes.fromVersion })
    .from(changes)
    .where(and(eq(changes.teamId, teamId), eq(changes.agentId, agentId), eq(changes.toVersion, version)))
    .orderBy(desc(changes.at))
    .limit(1);
  return row?.before ?? null;
}
