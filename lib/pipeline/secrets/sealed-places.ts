/**
 * Everything that is stored sealed, over all nouns: with which keys, and sealing it anew when the master key has
 * changed (security U11).
 *
 * This file holds where sealed texts stand.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { gateSources } from '#db/schema/gates.ts';
import { mails } from '#db/schema/mails.ts';
import { sessions, users } from '#db/schema/members.ts';
import { contactMethods, notificationChannels } from '#db/schema/notifications.ts';
import { registries } from '#db/schema/registries.ts';
import { repositories } from '#db/schema/repositories.ts';
import { identityProviders, installationSettings } from '#db/schema/sign-in.ts';

/** A place where sealed texts stand, at most one a row. */
interface SealedPlace {
  table: PgTable;
  id: PgColumn;
  /** The sealed text of a row; null where it has none. */
  sealed: SQL;
  /** The assignment that stores another one. */
  set(next: string): SQL;
}

interface SealedRow extends Record<string, unknown> {
  id: string;
  sealed: string;
}

function inColumn(table: PgTable, id: PgColumn, sealed: PgColumn): SealedPlace {
  const set = (next: string) => sql`${sql.identifier(sealed.name)} = ${next}`;
  return { table, id, sealed: sql`${sealed}`, set };
}

const PLACES: readonly SealedPlace[] = [
  inColumn(agents, agents.id, agents.controlSecret),
  inColumn(notificationChannels, notificationChannels.id, notificationChannels.sealedSettings),
  inColumn(contactMethods, contactMethods.id, contactMethods.sealedSettings),
  inColumn(users, users.id, users.totpSecret),
  inColumn(sessions, sessions.id, sessions.issuerIdToken),
  inColumn(identityProviders, identityProviders.id, identityProviders.clientSecret),
  inColumn(mails, mails.id, mails.sealedMessage),
  inColumn(clusters, clusters.id, clusters.sealedUser),
  inColumn(registries, registries.id, registries.sealedSecret),
  inColumn(repositories, repositories.id, repositories.sealedCredential),
  inColumn(repositories, repositories.id, repositories.sealedSecret),
  inColumn(repositories, repositories.id, repositories.sealedFormerSecret),
  inColumn(gateSources, gateSources.id, gateSources.sealedAuthorization),
  {
    table: installationSettings,
    id: installationSettings.section,
    sealed: sql`(${installationSettings.value} #>> '{server,account,sealedPassword}')`,
    set: (next) => sql`value = jsonb_set(value, '{server,account,sealedPassword}', to_jsonb(${next}::text))`,
  },
];

/** The id of the key stands between the first two dots of whatever was sealed. */
const keyId = (sealed: SQL): SQL => sql`split_part(${sealed}, '.', 2)`;

/** One sealed text of every key that something was sealed with. */
export async function sampleOfEachKey(db: Db): Promise<string[]> {
  const samples = await Promise.all(
    PLACES.map(({ table, sealed }) =>
      db.execute<{ sample: string }>(
        sql`select min(${sealed}) as sample from ${table} where ${sealed} is not null group by ${keyId(sealed)}`,
      ),
    ),
  );
  return samples.flat().map(({ sample }) => sample);
}

/**
 * Replaces texts that were not sealed with the key of `current`, a batch of each place. One that changed meanwhile is
 * left as it became.
 *
 * @param current something sealed with the key in force
 * @returns how many were replaced, and whether a place has more
 */
export async function replaceSealed(
  db: Db,
  current: string,
  batch: number,
  renew: (sealed: string) => string,
): Promise<{ done: number; more: boolean }> {
  let done = 0;
  let more = false;
  for (const { table, id, sealed, set } of PLACES) {
    const rows = await db.execute<SealedRow>(sql`
      select ${id}::text as id, ${sealed} as sealed from ${table}
      where ${sealed} is not null and ${keyId(sealed)} <> split_part(${current}, '.', 2) limit ${batch}`);
    for (const row of rows) {
      const next = renew(row.sealed);
      await db.execute(
        sql`update ${table} set ${set(next)} where ${id}::text = ${row.id} and ${sealed} = ${row.sealed}`,
      );
    }
    done += rows.length;
    more ||= rows.length === batch;
  }
  return { done, more };
}
