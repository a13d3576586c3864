import { and, asc, count, eq, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { isTaken } from '#db/taken.ts';
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
import { refuseStrongerThanMaker } from './maker.ts';

/** Of the door, from the token: a client reaches the people of its own provider only. */
const issuer = z.url().max(500);
/** Of the door too: the token's own id. */
const client = z.uuid();
const id = z.uuid();
const changes = z.strictObject({
  userName: z.string().optional(),
  name: z.string().optional(),
  externalId: z.string().nullable().optional(),
  active: z.boolean().optional(),
}) satisfies z.ZodType<UserChanges>;

const changeInput = z.strictObject({ issuer, client, id, user: changes });
type Change = z.output<typeof changeInput>;

const noSuchUser = () => new AppError('not_found', 'There is no such user.');
const taken = () =>
  new AppError(
    'conflict',
    'Somebody with this userName or externalId exists already, kept by hand or by another provider.',
  );

/** Somebody who took the name while this one was written is a conflict too. */
function explainTaken(error: unknown): never {
  throw isTaken(error) ? taken() : error;
}

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
async function settleRoles(args: CommandArgs<unknown>, userId: string): Promise<void> {
  await recordRoleChanges(args.tx, args.actor, await applyGroupRoles(args, [userId]), args.now);
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
        ...(!active && { status: 'disabled' as const, disabledBy: 'directory' as const }),
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

async function refuseTaken(
  tx: Tx,
  provider: string,
  before: ScimUser,
  { email, scimExternalId: external }: { email: string; scimExternalId: string | null },
): Promise<void> {
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

/** Whom a client changes: as it sees them, and who switched them off, held until the end of the transaction. */
async function hold(tx: Tx, provider: string, userId: string) {
  const [row] = await tx
    .select({ disabledBy: users.disabledBy })
    .from(users)
    .where(and(eq(users.id, userId), ofProvider(provider)))
    .for('update');
  return { before: await read(tx, provider, userId), disabledBy: row?.disabledBy ?? null };
}

/** What a change comes to. Whom an admin switched off stays so, whatever a directory says of them. */
function changed(before: ScimUser, given: UserChanges, disabledBy: 'admin' | 'directory' | null) {
  const { userName, name, externalId, active } = given;
  const comesBack = active === true && !before.active && disabledBy === 'directory';
  const goes = active === false && before.active;
  return {
    email: userName === undefined ? before.userName : emailOf(userName),
    name: name ?? before.name,
    scimExternalId: externalId === undefined ? before.externalId : externalId,
    ...(comesBack && { status: 'active' as const, disabledBy: null }),
    ...(goes && { status: 'disabled' as const, disabledBy: 'directory' as const }),
  };
}

async function change(
  args: CommandArgs<unknown>,
  { issuer: provider, client: clientId, id: userId, user }: Change,
) {
  const { tx, now, announce } = args;
  const { before, disabledBy } = await hold(tx, provider, userId);
  const next = changed(before, user, disabledBy);
  const isOther = next.email !== before.userName || next.scimExternalId !== before.externalId;
  if (isOther || next.status) await refuseStrongerThanMaker(tx, clientId, userId);
  await refuseTaken(tx, provider, before, next);
  await tx
    .update(users)
    .set(next)
    .where(and(eq(users.id, userId), ofProvider(provider)))
    .catch(explainTaken);
  if (next.status === 'disabled') await endSessionsOf(tx, userId, now, announce);
  if (next.status) announce({ type: 'access.changed', userId });
  const after = await read(tx, provider, userId);
  return { result: after, targetId: userId, before: snapshot(before), after: snapshot(after) };
}

/**
 * Changes somebody. Switched off, they are signed out everywhere within 5 s and cannot come in (security A4).
 *
 * @throws AppError `not_found` (also for people of somebody else), `conflict` (a name that is taken, the last admin),
 *   `forbidden` for another address, name or state of somebody who may do more than the maker of the token
 */
export const updateScimUser = defineCommand({
  name: 'provisioning.update-user',
  permission: 'accounts:provision',
  input: changeInput,
  audit: { action: 'account.provision', target: 'user' },
  run: (args) => keepingAdmins(args.tx, () => change(args, args.input), { teams: false }),
});

/**
 * Deletes somebody for good: what is left is the id that the ledger speaks of (security U13).
 *
 * @throws AppError `not_found`, `conflict` for the last admin, `forbidden` for who may do more than the token's maker
 */
export const deleteScimUser = defineCommand({
  name: 'provisioning.delete-user',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, client, id }),
  audit: { action: 'account.delete', target: 'user' },
  run: ({ input, tx, now, announce }) =>
    keepingAdmins(
      tx,
      async () => {
        const { active } = (await hold(tx, input.issuer, input.id)).before;
        await refuseStrongerThanMaker(tx, input.client, input.id);
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
