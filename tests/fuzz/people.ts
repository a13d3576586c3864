import { eq, sql } from 'drizzle-orm';
import { type DbHandle, openDb } from '#db/client.ts';
import { memberships, sessions, teams, users } from '#db/schema/members.ts';
import { contactMethods } from '#db/schema/notifications.ts';
import { installationSettings } from '#db/schema/sign-in.ts';
import type { KeyScope, Role } from '#lib/access/permissions.ts';
import { makeApiKey, makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { cutDoorSecrets, type DoorPeople, type DoorSecrets } from './door-secrets.ts';

/** Who knocks: a name for the report, and the headers that say so. */
export interface Knocker {
  name: string;
  headers: Record<string, string>;
}

const ROLES: readonly Role[] = ['viewer', 'developer', 'admin'];
/** Ids of a table that requests name. */
const NEWEST = 4;
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
  /** In no team; forgot the password. */
  readonly #forgetfulId: string;

  private constructor(
    handle: DbHandle,
    origin: string,
    teams: { own: string; other: string },
    userIds: Readonly<Record<Role, string>>,
    forgetfulId: string,
  ) {
    this.#handle = handle;
    this.#origin = origin;
    this.teamId = teams.own;
    this.otherTeamId = teams.other;
    this.#userIds = userIds;
    this.#forgetfulId = forgetfulId;
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
    const forgetful = await makeUser(handle);
    const teamIds = { own: own.id, other: other.id };
    return new People(handle, origin, teamIds, Object.fromEntries(ids), forgetful.id);
  }

  /** Who answers alerts of the team. */
  get responderId(): string {
    return this.#userIds.developer;
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
    // There is room for few of them.
    await this.db.delete(contactMethods).where(eq(contactMethods.userId, userId));
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

  /**
   * What opens the doors that ask for neither a session nor a key, good from now on.
   *
   * @param given the key that the installation signs links with, and the provider whose directory knocks
   */
  async openDoors(
    given: Pick<DoorPeople, 'secretKey' | 'issuer'>,
  ): Promise<Omit<DoorSecrets, 'logoutToken' | 'writeKey'>> {
    const { admin, developer } = this.#userIds;
    await this.db.update(users).set({ status: 'active' }).where(eq(users.id, this.#forgetfulId));
    return cutDoorSecrets(this.#handle, {
      ...{ teamId: this.teamId, inviterId: admin, responderId: developer },
      ...{ forgetfulId: this.#forgetfulId, ...given },
    });
  }

  /** The newest ids of what the team has, by table, in a settled order: of all whose rows have an id and a team. */
  async idsOfRows(): Promise<Map<string, string[]>> {
    const tables = await this.db.execute<{ name: string }>(sql`
      select c.relname as name from pg_class c
      join pg_attribute i on i.attrelid = c.oid and i.attname = 'id' and i.atttypid = 'uuid'::regtype
      join pg_attribute t on t.attrelid = c.oid and t.attname = 'team_id'
      where c.relkind = 'r' and not c.relispartition and c.relnamespace = 'public'::regnamespace
      order by c.relname`);
    const found = new Map<string, string[]>();
    const add = async (name: string, which = sql`true`) => {
      const rows = await this.db.execute<{ id: string }>(
        sql`select id from ${sql.identifier(name)} where ${which} order by id desc limit ${NEWEST}`,
      );
      found.set(name, [...[...rows].map(({ id }) => id), ...(found.get(name) ?? [])]);
    };
    for (const { name } of tables) await add(name, sql`team_id = ${this.teamId}::uuid`);
    await add('users', sql`is_provisioned`);
    found.set('scim_users', found.get('users') ?? []);
    found.set('users', [...(found.get('users') ?? []), ...Object.values(this.#userIds)]);
    await add('scim_groups');
    return found;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
