import { and, eq, or, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { repositories } from '#db/schema/repositories.ts';

type Row = Pick<typeof repositories.$inferSelect, 'id' | 'teamId' | 'hostUrl' | 'appId' | 'installationId'>;

/** Lets nothing be asked of a host until its limit is over, in every worker: for all of the installation (deployment S-95). */
export async function noteLimit(db: Db, row: Row, seconds: number): Promise<void> {
  const { id, teamId, hostUrl, appId, installationId } = row;
  const sameInstallation =
    appId === null || installationId === null
      ? undefined
      : and(
          eq(repositories.teamId, teamId),
          eq(repositories.hostUrl, hostUrl),
          eq(repositories.appId, appId),
          eq(repositories.installationId, installationId),
        );
  await db
    .update(repositories)
    .set({ limitedUntil: sql`now() + make_interval(secs => ${seconds})` })
    .where(or(eq(repositories.id, id), sameInstallation));
}
