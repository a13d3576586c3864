import { and, asc, count, eq, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ScimPage, ScimUser } from '#lib/model/scim.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { forgetAccount } from '../accounts/delete-account.ts';
import { normaliseEmail } from '../credentials/email.ts';
import { endSessionsOf } from '../end-sessions.ts';
import { applyGroupRoles, recordRoleChanges } from '../groups/apply-group-roles.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { refuse, type UserChanges } from './attributes.ts';

/** Of the door, from the token: a client reaches the people of its own provider only. */
const issuer = z.url().max(500);
const id = z.uuid();
const changes = z.strictObject({
  userName: z.string().optional(),
  name: z.string().optional(),
  externalId: z.string().nullable().optional(),
  active: z.boolean().optional(),
}) satisfies z.ZodType<UserChanges>;

const noSuchUser = () => new AppError('not_found', 'There is no such user.');
const taken = () =>
  new AppError(
    'conflict',
    'Somebody with this userName or externalId exists already, kept by hand or by another provider.',
  );

export const ofProvider = (provider: string): SQL | undefined =>
  and(eq(users.provisionedIssuer, provider), ne(users.status, 'deleted'));

function emailOf(userName: string): string {
  return normaliseEmail(userName) ?? refuse('userName', 'userName must be the e-mail address.');
}

const SHOWN = {
  id: users.id,
  externalId: users.scimExternalId,
  userName: users.email,
  name: users.name,
  active: sql<boolean>`${users.status} = 'active'`,
  createdAt: users.createdAt,
  groups: sql<{ id: string; name: string }[]>`coalesce((
    select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.display_name) order by g.display_name)
    from scim_group_members m join scim_groups g on g.id = m.group_id where m.user_id = users.id), '[]')`,
};

async function read(db: Reader, provider: string, userId: string): Promise<ScimUser> {
  const [user] = await db
    .select(SHOWN)
    .from(users)
    .where(and(eq(users.id, userId), ofProvider(provider)));
  if (!user) throw noSuchUser();
  return user;
}

/** What the ledger holds of a provisioned person. */
const snapshot = ({ userName, name, externalId, active }: ScimUser) => ({
  email: userName,
  name,
  externalId,
  active,
});

/** Gives what follows from being provisioned: the default role of the provider, or what groups give already. */
async function settleRoles(
  { tx, now, announce, actor }: CommandArgs<unknown>,
  userId: string,
): Promise<void> {
  await recordRoleChanges(tx, actor, await applyGroupRoles({ tx, now, announce }, [userId]), now);
}

/**
 * Makes the account of somebody. It opens to the identity of the same provider that comes first: by what the client
 * calls the person, or by an address that the provider verified.
 *
 * @throws AppError `conflict` for an address or a name that is taken; an account that exists is never taken over
 */
export const createScimUser = defineCommand({
  name: 'provisioning.create-user',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, user: changes }),
  audit: { action: 'account.provision', target: 'user' },
  async run(args): Promise<Outcome<ScimUser>> {
    const { input, tx, now } = args;
    const { userName, name = '', externalId = null, active = true } = input.user;
    const userId = uuidv7(now.getTime());
    const [made] = await tx
      .insert(users)
      .values({
        id: userId,
        email: emailOf(userName ?? ''),
        name,
        status: active ? 'active' : 'disabled',
        scimExternalId: externalId,
        isProvisioned: true,
        provisionedIssuer: input.issuer,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!made) throw taken();
    await settleRoles(args, userId);
    const user = await read(tx, input.issuer, userId);
    return { result: user, targetId: userId, after: { ...snapshot(user), issuer: input.issuer } };
  },
});

async function refuseTaken(tx: Tx, provider: string, before: ScimUser, given: UserChanges): Promise<void> {
  const email = given.userName === undefined ? before.userName : emailOf(given.userName);
  const external = given.externalId ?? null;
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        ne(users.id, before.id),
        sql`(${eq(users.email, email)} or ${external !== null} and ${users.provisionedIssuer} = ${provider}
          and ${users.scimExternalId} = ${external}::text)`,
      ),
    )
    .limit(1);
  if (other) throw taken();
}

async function change(args: CommandArgs<unknown>, provider: string, userId: string, given: UserChanges) {
  const { tx, now, announce } = args;
  const own = and(eq(users.id, userId), ofProvider(provider));
  await tx.select({ id: users.id }).from(users).where(own).for('update');
  const before = await read(tx, provider, userId);
  await refuseTaken(tx, provider, before, given);
  const { userName, name, externalId, active } = given;
  await tx
    .update(users)
    .set({
      email: userName === undefined ? before.userName : emailOf(userName),
      name: name ?? before.name,
      scimExternalId: externalId === undefined ? before.externalId : externalId,
      ...(active !== undefined && { status: active ? ('active' as const) : ('disabled' as const) }),
    })
    .where(own);
  if (active !== undefined && active !== before.active) {
    if (!active) await endSessionsOf(tx, userId, now, announce);
    announce({ type: 'access.changed', userId });
  }
  const after = await read(tx, provider, userId);
  return { result: after, targetId: userId, before: snapshot(before), after: snapshot(after) };
}

/**
 * Changes somebody. Switched off, they are signed out everywhere within 5 s and cannot come in (security A4).
 *
 * @throws AppError `not_found` (also for people of somebody else), `conflict` (a name that is taken, the last admin)
 */
export const updateScimUser = defineCommand({
  name: 'provisioning.update-user',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id, user: changes }),
  audit: { action: 'account.provision', target: 'user' },
  run: (args) =>
    keepingAdmins(args.tx, () => change(args, args.input.issuer, args.input.id, args.input.user), {
      teams: false,
    }),
});

/**
 * Deletes somebody for good: what is left is the id that the ledger speaks of (security U13).
 *
 * @throws AppError `not_found`, `conflict` for the last admin
 */
export const deleteScimUser = defineCommand({
  name: 'provisioning.delete-user',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id }),
  audit: { action: 'account.delete', target: 'user' },
  run: ({ input, tx, now, announce }) =>
    keepingAdmins(
      tx,
      async () => {
        await tx
          .select({ id: users.id })
          .from(users)
          .where(and(eq(users.id, input.id), ofProvider(input.issuer)))
          .for('update');
        const { active } = await read(tx, input.issuer, input.id);
        await forgetAccount(tx, input.id, now, announce);
        return { result: undefined, targetId: input.id, before: { active }, after: { status: 'deleted' } };
      },
      { teams: false },
    ),
});

export const getScimUser = defineQuery({
  name: 'provisioning.user',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id }),
  run: ({ input, db }): Promise<ScimUser> => read(db, input.issuer, input.id),
});

const FILTERS: Readonly<Record<string, (value: string) => SQL>> = {
  username: (value) => eq(users.email, normaliseEmail(value) ?? ''),
  externalid: (value) => eq(users.scimExternalId, value),
  id: (value) => sql`${users.id}::text = ${value.toLowerCase()}`,
};

/** Where a list starts and how long a page is. */
export const pageInput = {
  filter: z.strictObject({ attribute: z.string(), value: z.string() }).nullable(),
  startIndex: z.int().min(1).max(1_000_000),
  count: z.int().min(0).max(200),
};

/** The people of a provider, the oldest first. */
export const listScimUsers = defineQuery({
  name: 'provisioning.users',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, ...pageInput }),
  async run({
    input: { issuer: provider, filter, startIndex, count: limit },
    db,
  }): Promise<ScimPage<ScimUser>> {
    const narrowed = filter === null ? undefined : FILTERS[filter.attribute];
    if (filter !== null && !Object.hasOwn(FILTERS, filter.attribute))
      refuse('filter', `People are not looked up by ${filter.attribute}.`);
    const where = and(ofProvider(provider), filter === null ? undefined : narrowed?.(filter.value));
    const [counted] = await db.select({ total: count() }).from(users).where(where);
    const items = await db
      .select(SHOWN)
      .from(users)
      .where(where)
      .orderBy(asc(users.createdAt), asc(users.id))
      .limit(limit)
      .offset(startIndex - 1);
    return { total: counted?.total ?? 0, startIndex, items };
  },
});
