import { roles } from '#db/schema/members.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { userActor } from './command-context.ts';
import type { World } from './world.ts';

type Rows = Pick<World, 'db'>;

/** A custom role of a team, or with null of the installation. */
export async function makeRole(
  { db }: Rows,
  teamId: string | null,
  permissions: Permission[],
  values: Partial<typeof roles.$inferInsert> = {},
): Promise<string> {
  const id = uuidv7();
  await db.insert(roles).values({ id, teamId, name: `Role ${id}`, permissions, ...values });
  return id;
}

/** A person as their session would act in a team now: with what the database says they hold. */
export async function actorOf({ db }: Rows, teamId: string, userId: string): Promise<UserActor> {
  const grants = await grantsOf(db, userId);
  return userActor(teamId, 'viewer', {
    userId,
    role: grants.labelIn(teamId),
    permissions: grants.permissionsIn(teamId),
  });
}
