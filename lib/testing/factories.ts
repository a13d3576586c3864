import { createHash } from 'node:crypto';
import { agents } from '#db/schema/agents.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { memberships, sessions, teams, users } from '#db/schema/members.ts';
import type { KeyScope } from '#lib/access/permissions.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { World } from './world.ts';

type Rows = Pick<World, 'db'>;
const HOUR_MS = 3_600_000;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const word = (): string =>
  randomToken(6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, 'x');

async function only<T>(rows: Promise<T[]>): Promise<T> {
  const [row] = await rows;
  if (!row) throw new Error('The insert returned no row.');
  return row;
}

export function makeTeam({ db }: Rows, values: Partial<typeof teams.$inferInsert> = {}) {
  const slug = `team-${word()}`;
  return only(
    db
      .insert(teams)
      .values({ id: uuidv7(), slug, name: slug, ...values })
      .returning(),
  );
}

export function makeUser({ db }: Rows, values: Partial<typeof users.$inferInsert> = {}) {
  const name = `person-${word()}`;
  return only(
    db
      .insert(users)
      .values({ id: uuidv7(), email: `${name}@example.test`, name, ...values })
      .returning(),
  );
}

function makeMembership({ db }: Rows, teamId: string, userId: string, role: string) {
  return only(db.insert(memberships).values({ teamId, userId, role }).returning());
}

/** A person with a role in a team, built in or made. */
export async function makeMember(
  world: Rows,
  teamId: string,
  role: string,
  values: Partial<typeof users.$inferInsert> = {},
) {
  const user = await makeUser(world, values);
  await makeMembership(world, teamId, user.id, role);
  return user;
}

/** A web session that ends in an hour; `token` is what the cookie holds. */
export async function makeSession(
  { db }: Rows,
  userId: string,
  values: Partial<typeof sessions.$inferInsert> = {},
) {
  const token = randomToken();
  const end = new Date(Date.now() + HOUR_MS);
  const row = await only(
    db
      .insert(sessions)
      .values({
        id: uuidv7(),
        userId,
        tokenHash: sha256(token),
        provedAt: new Date(),
        idleExpiresAt: end,
        expiresAt: end,
        ...values,
      })
      .returning(),
  );
  return { ...row, token };
}

/** An API key; `key` is what the sender puts into its header. */
export async function makeApiKey(
  { db }: Rows,
  teamId: string,
  scopes: KeyScope[] = ['ingest', 'read', 'write'],
  key: string = randomToken(),
) {
  const row = await only(
    db
      .insert(apiKeys)
      .values({
        id: uuidv7(),
        teamId,
        name: `key-${word()}`,
        keyHash: sha256(key),
        lastFour: key.slice(-4),
        scopes,
      })
      .returning(),
  );
  return { ...row, key };
}

export function makeAgent({ db }: Rows, teamId: string, values: Partial<typeof agents.$inferInsert> = {}) {
  return only(
    db
      .insert(agents)
      .values({ id: uuidv7(), teamId, name: `agent-${word()}`, source: 'discovered', ...values })
      .returning(),
  );
}
