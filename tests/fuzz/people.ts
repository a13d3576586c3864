import { eq, sql } from 'drizzle-orm';
import { type DbHandle, openDb } from '#db/client.ts';
import { memberships, sessions, teams, users } from '#db/schema/members.ts';
import { installationSettings } from '#db/schema/sign-in.ts';
import type { KeyScope, Role } from '#lib/access/permissions.ts';
import { makeApiKey, makeMember, makeSession, makeTeam } from '#lib/testing/factories.ts';

/** Who knocks: a name for the report, and the headers that say so. */
export interface Knocker {
  name: string;
  headers: Record<string, string>;
}

const ROLES: readonly Role[] = ['viewer', 'developer', 'admin'];
const SCOPES: readonly KeyScope[] = ['read', 'write', 'ingest'];

/**
 * The people and keys of a fuzz run, made straight in the database: what a run sends ends sessions, revokes keys and
 * takes roles away, so that everybody is let in anew from time to time.
 */
export class People {
  readonly #handle: DbHandle;
  readonly #origin: string;
  readonly teamId: string;
  /** A team that nobody of the run is in; its rows must never be seen. */
  readonly otherTeamId: string;
  readonly #userIds: Readonly<Record<Role, string>>;

  private constructor(
    handle: DbHandle,
    origin: string,
    teams: { own: string; other: string },
    userIds: Readonly<Record<Role, string>>,
  ) {
    this.#handle = handle;
    this.#origin = origin;
    this.teamId = teams.own;
    this.otherTeamId = teams.other;
    this.#userIds = userIds;
  }

  /** @param ownerUrl the database as the owner of the tables; `origin` that of the console */
  static async open(ownerUrl: string, origin: string): Promise<People> {
    const handle = openDb(ownerUrl, 2);
    const [own] = await handle.db.select({ id: teams.id }).from(teams);
    if (!own) throw new Error('the product has no team');
    const other = await makeTeam(handle);
    const ids = await Promise.all(
      ROLES.map(async (role) => [role, (await makeMember(handle, own.id, role)).id]),
    );
    return new People(handle, origin, { own: own.id, other: other.id }, Object.fromEntries(ids));
  }

  get db() {
    return this.#handle.db;
  }

  /** Lets one person in again, whatever became of them. */
  async #letIn(role: Role): Promise<Knocker> {
    const userId = this.#userIds[role];
    const globalRole = role === 'admin' ? role : null;
    await this.db.update(users).set({ status: 'active', globalRole }).where(eq(users.id, userId));
    await this.db
      .insert(memberships)
      .values({ teamId: this.teamId, userId, role })
      .onConflictDoUpdate({ target: [memberships.teamId, memberships.userId], set: { role } });
    await this.db.delete(sessions).where(eq(sessions.userId, userId));
    const { token } = await makeSession(this.#handle, userId);
    return { name: role, headers: { cookie: `pitwall-session=${token}`, origin: this.#origin } };
  }

  /** Everybody, with what lets them in from now on. */
  async letIn(): Promise<Knocker[]> {
    // What an admin of the run has set would bound the rest of it.
    await this.db.delete(installationSettings);
    const people = await Promise.all(ROLES.map((role) => this.#letIn(role)));
    const keys = await Promise.all(
      SCOPES.map(async (scope) => {
        const { key } = await makeApiKey(this.#handle, this.teamId, [scope]);
        return { name: `key ${scope}`, headers: { authorization: `Bearer ${key}` } };
      }),
    );
    const strange = {
      authorization: `Bearer pw_${'0'.repeat(48)}_00000000`,
      cookie: 'pitwall-session=%E0%A4%A',
    };
    return [
      { name: 'anonymous', headers: { origin: this.#origin } },
      { name: 'stranger', headers: strange },
      ...people,
      ...keys,
    ];
  }

  /** Ids of what the team has, in a settled order: of every table whose rows have an id and a team. */
  async idsOfRows(): Promise<string[]> {
    const tables = await this.db.execute<{ name: string }>(sql`
      select c.relname as name from pg_class c
      join pg_attribute i on i.attrelid = c.oid and i.attname = 'id' and i.atttypid = 'uuid'::regtype
      join pg_attribute t on t.attrelid = c.oid and t.attname = 'team_id'
      where c.relkind = 'r' and not c.relispartition and c.relnamespace = 'public'::regnamespace
      order by c.relname`);
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await this.db.execute<{ id: string }>(
        sql`select id from ${sql.identifier(name)} where team_id = ${this.teamId}::uuid order by id limit 4`,
      );
      found.push(...[...rows].map(({ id }) => id));
    }
    return [...found, ...Object.values(this.#userIds)];
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
