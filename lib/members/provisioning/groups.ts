import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { scimGroupMembers, scimGroups } from '#db/schema/sign-in.ts';
import { isTaken } from '#db/taken.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ScimGroup, ScimPage } from '#lib/model/scim.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { applyGroupRoles, recordRoleChanges } from '../groups/apply-group-roles.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { type MemberChange, refuse } from './attributes.ts';
import { ofProvider, pageInput } from './users.ts';

const issuer = z.url().max(500);
const id = z.uuid();
const memberChange = z.strictObject({ how: z.enum(['set', 'add', 'remove']), ids: z.array(z.string()) });
const changes = z.strictObject({
  displayName: z.string().trim().min(1).max(200).optional(),
  externalId: z.string().max(255).nullable().optional(),
  members: z.array(memberChange),
});

const noSuchGroup = () => new AppError('not_found', 'There is no such group.');
const taken = () => new AppError('conflict', 'There is a group with this displayName already.');
const ofGroup = (provider: string, groupId: string) =>
  and(eq(scimGroups.id, groupId), eq(scimGroups.issuer, provider));

const SHOWN = {
  id: scimGroups.id,
  externalId: scimGroups.externalId,
  displayName: scimGroups.displayName,
  createdAt: scimGroups.createdAt,
  updatedAt: scimGroups.updatedAt,
  members: sql<{ id: string; name: string }[]>`coalesce((
    select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.email) order by u.email)
    from scim_group_members m join users u on u.id = m.user_id where m.group_id = scim_groups.id), '[]')`,
};

async function read(db: Reader, provider: string, groupId: string): Promise<ScimGroup> {
  const [group] = await db.select(SHOWN).from(scimGroups).where(ofGroup(provider, groupId));
  if (!group) throw noSuchGroup();
  return group;
}

async function membersOf(tx: Tx, groupId: string): Promise<string[]> {
  const rows = await tx
    .select({ userId: scimGroupMembers.userId })
    .from(scimGroupMembers)
    .where(eq(scimGroupMembers.groupId, groupId));
  return rows.map(({ userId }) => userId);
}

/** Ids that are people of this provider; an unknown one is refused, so that nobody is missed in silence. */
async function knownPeople(tx: Tx, provider: string, ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids.map((one) => one.toLowerCase()))];
  if (wanted.some((one) => !z.uuid().safeParse(one).success))
    refuse('members', 'A member is no id of a user.');
  if (wanted.length === 0) return [];
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        ofProvider(provider),
        sql`${users.id} in (select jsonb_array_elements_text(${JSON.stringify(wanted)}::text::jsonb)::uuid)`,
      ),
    );
  if (rows.length !== wanted.length) refuse('members', 'A member is not among the users of this client.');
  return wanted;
}

async function applyMembers(
  tx: Tx,
  provider: string,
  groupId: string,
  { how, ids }: MemberChange,
): Promise<void> {
  if (how === 'set') await tx.delete(scimGroupMembers).where(eq(scimGroupMembers.groupId, groupId));
  if (how === 'remove') {
    const uuids = ids.filter((one) => z.uuid().safeParse(one).success);
    if (uuids.length === 0) return;
    const gone = inArray(scimGroupMembers.userId, uuids);
    await tx.delete(scimGroupMembers).where(and(eq(scimGroupMembers.groupId, groupId), gone));
    return;
  }
  const people = await knownPeople(tx, provider, ids);
  if (people.length > 0)
    await tx
      .insert(scimGroupMembers)
      .values(people.map((userId) => ({ groupId, userId })))
      .onConflictDoNothing();
}

/** What the ledger holds of a group: whom it gained and lost, not the whole of a large one. */
function memberDiff(before: readonly string[], after: readonly string[]) {
  const [had, has] = [new Set(before), new Set(after)];
  return { added: after.filter((one) => !had.has(one)), removed: before.filter((one) => !has.has(one)) };
}

/** Whoever was or is in the group gets what the mapping gives now, at once (security A11). */
async function settleRoles(args: CommandArgs<unknown>, people: readonly string[]) {
  const { tx, now, actor } = args;
  const changed = await applyGroupRoles(args, [...new Set(people)]);
  await recordRoleChanges(tx, actor, changed, now);
}

/**
 * A change of who is in a group. It waits for others that take access away before it touches anybody: those hold on to
 * people while they wait for nothing.
 */
const changingGroups = <R>({ tx }: CommandArgs<unknown>, work: () => Promise<R>): Promise<R> =>
  keepingAdmins(tx, work, { teams: false });

async function refuseTaken(tx: Tx, provider: string, displayName: string, groupId: string): Promise<void> {
  const named = sql`lower(${scimGroups.displayName}) = lower(${displayName})`;
  const [other] = await tx
    .select({ id: scimGroups.id })
    .from(scimGroups)
    .where(and(eq(scimGroups.issuer, provider), named));
  if (other && other.id !== groupId) throw taken();
}

/** @throws AppError `conflict` for a name that is taken, `invalid` for members that are not the client's */
export const createScimGroup = defineCommand({
  name: 'provisioning.create-group',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, group: changes }),
  audit: { action: 'group.provision', target: 'group' },
  run: (args) =>
    changingGroups(args, async () => {
      const { input, tx, now } = args;
      const { displayName, externalId = null, members } = input.group;
      if (displayName === undefined) return refuse('displayName', 'displayName is needed.');
      const groupId = uuidv7(now.getTime());
      const [made] = await tx
        .insert(scimGroups)
        .values({
          id: groupId,
          issuer: input.issuer,
          displayName,
          externalId,
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing()
        .returning({ id: scimGroups.id });
      if (!made) throw taken();
      for (const one of members) await applyMembers(tx, input.issuer, groupId, one);
      const people = await membersOf(tx, groupId);
      await settleRoles(args, people);
      const after = { displayName, externalId, issuer: input.issuer, added: people };
      return { result: await read(tx, input.issuer, groupId), targetId: groupId, after };
    }),
});

/**
 * Changes a group and what follows from it.
 *
 * @throws AppError `not_found`, `conflict`, `invalid`
 */
export const updateScimGroup = defineCommand({
  name: 'provisioning.update-group',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id, group: changes }),
  audit: { action: 'group.provision', target: 'group' },
  run: (args) =>
    changingGroups(args, async () => {
      const { input, tx, now } = args;
      const [row] = await tx.select().from(scimGroups).where(ofGroup(input.issuer, input.id)).for('update');
      if (!row) throw noSuchGroup();
      const { displayName = row.displayName, externalId = row.externalId, members } = input.group;
      await refuseTaken(tx, input.issuer, displayName, row.id);
      const before = await membersOf(tx, row.id);
      await tx
        .update(scimGroups)
        .set({ displayName, externalId, updatedAt: now })
        .where(eq(scimGroups.id, row.id))
        .catch((error: unknown) => {
          throw isTaken(error) ? taken() : error;
        });
      for (const one of members) await applyMembers(tx, input.issuer, row.id, one);
      const after = await membersOf(tx, row.id);
      await settleRoles(args, [...before, ...after]);
      return {
        result: await read(tx, input.issuer, row.id),
        targetId: row.id,
        before: { displayName: row.displayName, externalId: row.externalId },
        after: { displayName, externalId, ...memberDiff(before, after) },
      };
    }),
});

/** @throws AppError `not_found` */
export const deleteScimGroup = defineCommand({
  name: 'provisioning.delete-group',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id }),
  audit: { action: 'group.delete', target: 'group' },
  run: (args) =>
    changingGroups(args, async () => {
      const { input, tx } = args;
      const people = await membersOf(tx, input.id);
      const [row] = await tx.delete(scimGroups).where(ofGroup(input.issuer, input.id)).returning();
      if (!row) throw noSuchGroup();
      await settleRoles(args, people);
      return {
        result: undefined,
        targetId: row.id,
        before: { displayName: row.displayName, removed: people },
      };
    }),
});

export const getScimGroup = defineQuery({
  name: 'provisioning.group',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, id }),
  run: ({ input, db }): Promise<ScimGroup> => read(db, input.issuer, input.id),
});

const FILTERS: Readonly<Record<string, (value: string) => SQL>> = {
  displayname: (value) => sql`lower(${scimGroups.displayName}) = lower(${value})`,
  externalid: (value) => eq(scimGroups.externalId, value),
  id: (value) => sql`${scimGroups.id}::text = ${value.toLowerCase()}`,
};

/** The groups of a provider, the oldest first. */
export const listScimGroups = defineQuery({
  name: 'provisioning.groups',
  permission: 'accounts:provision',
  input: z.strictObject({ issuer, ...pageInput }),
  async run({
    input: { issuer: provider, filter, startIndex, count: limit },
    db,
  }): Promise<ScimPage<ScimGroup>> {
    if (filter !== null && !Object.hasOwn(FILTERS, filter.attribute))
      refuse('filter', `Groups are not looked up by ${filter.attribute}.`);
    const narrowed = filter === null ? undefined : FILTERS[filter.attribute]?.(filter.value);
    const where = and(eq(scimGroups.issuer, provider), narrowed);
    const [counted] = await db.select({ total: count() }).from(scimGroups).where(where);
    const items = await db
      .select(SHOWN)
      .from(scimGroups)
      .where(where)
      .orderBy(asc(scimGroups.createdAt), asc(scimGroups.id))
      .limit(limit)
      .offset(startIndex - 1);
    return { total: counted?.total ?? 0, startIndex, items };
  },
});
