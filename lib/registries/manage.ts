/**
 * Registries: where images are read that not everybody may read, and what a tag there stands for.
 *
 * This file holds the verbs of their logins.
 */
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { registries } from '#db/schema/registries.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { connectRegistrySchema, type RegistryView, updateRegistrySchema } from '#lib/model/registry.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';

/** Registries that a team may have. */
const MOST = 50;

type Login = z.output<typeof connectRegistrySchema>['login'];
type Row = typeof registries.$inferSelect;

const own = (id: string, teamId: string) => and(eq(registries.id, id), eq(registries.teamId, teamId));
const noSuchRegistry = () => new AppError('not_found', 'There is no such registry.');

const loginColumns = (login: Login, { sealer }: Pick<CommandDeps, 'sealer'>) =>
  login === null
    ? { username: '', sealedSecret: null }
    : { username: login.username, sealedSecret: sealer.seal(login.secret) };

/** What the ledger and the list say of one: never the secret. */
const inWords = ({
  host,
  username,
  sealedSecret,
  ca,
}: Pick<Row, 'host' | 'username' | 'sealedSecret' | 'ca'>) => ({
  host,
  username: sealedSecret === null ? null : username,
  hasCa: ca !== null,
});

function checkHost(host: string, { outbound }: Pick<CommandDeps, 'outbound'>): void {
  const refusal = typedTargetRefusal(`https://${host}`, outbound);
  if (refusal !== null)
    throw new AppError('invalid', refusal, { issues: [{ path: 'host', message: refusal }] });
}

/**
 * Keeps the login of a registry.
 *
 * @throws AppError `conflict` for one that is kept already; `invalid` for an address that may not be called
 */
export const connectRegistry = defineCommand({
  name: 'registries.connect',
  permission: 'registries:manage',
  feature: 'deployment_automation',
  input: connectRegistrySchema,
  audit: { action: 'registry.connect', target: 'registry' },
  async run({ input: { host, login, ca }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    checkHost(host, deps);
    const { teamId } = actor;
    if ((await tx.$count(registries, eq(registries.teamId, teamId))) >= MOST)
      throw new AppError('conflict', `The team has its ${MOST} registries. Take one away first.`);
    const id = uuidv7(now.getTime());
    const columns = { host, ca, ...loginColumns(login, deps) };
    const [made] = await tx
      .insert(registries)
      .values({ id, teamId, ...columns, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning({ id: registries.id });
    if (!made) throw new AppError('conflict', `The login of ${host} is kept already.`);
    return { result: { id }, targetId: id, after: inWords(columns) };
  },
});

/** Gives a registry another login or authority. @throws AppError `not_found` */
export const updateRegistry = defineCommand({
  name: 'registries.update',
  permission: 'registries:manage',
  feature: 'deployment_automation',
  input: updateRegistrySchema,
  audit: { action: 'registry.update', target: 'registry' },
  async run({ input: { id, login, ca }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    const [before] = await tx.select().from(registries).where(own(id, actor.teamId)).for('update');
    if (!before) throw noSuchRegistry();
    const given = { ...(login !== undefined && loginColumns(login, deps)), ...(ca !== undefined && { ca }) };
    await tx
      .update(registries)
      .set({ ...given, updatedAt: now })
      .where(own(id, actor.teamId));
    const after = { ...inWords({ ...before, ...given }), isLoginNew: login !== undefined };
    return { result: { id, updatedAt: now.getTime() }, targetId: id, before: inWords(before), after };
  },
});

/** Forgets the login of a registry; it is asked as anybody from then on. @throws AppError `not_found` */
export const removeRegistry = defineCommand({
  name: 'registries.remove',
  permission: 'registries:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'registry.remove', target: 'registry' },
  async run({ input: { id }, actor, tx }) {
    const [gone] = await tx.delete(registries).where(own(id, actor.teamId)).returning();
    if (!gone) throw noSuchRegistry();
    return { result: { id }, targetId: id, before: inWords(gone) };
  },
});

/** The registries of the team by host, without their secrets. */
export const listRegistries = defineQuery({
  name: 'registries.list',
  permission: 'registries:manage',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: RegistryView[] }> {
    const rows = await db
      .select()
      .from(registries)
      .where(eq(registries.teamId, actor.teamId))
      .orderBy(asc(registries.host));
    return {
      items: rows.map((row) => ({ id: row.id, ...inWords(row), updatedAt: row.updatedAt.getTime() })),
    };
  },
});
