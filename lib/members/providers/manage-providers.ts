import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { teams } from '#db/schema/members.ts';
import { identityProviders } from '#db/schema/sign-in.ts';
import type { Actor } from '#lib/access/actor.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  clientSecretSchema,
  type ProviderInput,
  providerInputSchema,
  providerSlugSchema,
} from '#lib/model/identity-provider.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { DEFAULT_TEAM } from '../default-team.ts';
import { requireMappedHeld, requireRoleHeld } from '../groups/require-role-held.ts';
import { discoverProvider } from './discover-provider.ts';
import { settleProvider } from './settle-provider.ts';

const noSuchProvider = () => new AppError('not_found', 'There is no such provider.');
const changedMeanwhile = () =>
  new AppError('conflict', 'Somebody else changed this provider. Reload to see the change.');

type Row = typeof identityProviders.$inferSelect;

function snapshot(row: ProviderInput & { slug: string }) {
  const { slug, name, issuer, clientId, scopes, groupsClaim, defaultRole, signsOutThere, trustsAddresses } =
    row;
  return { slug, name, issuer, clientId, scopes, groupsClaim, defaultRole, signsOutThere, trustsAddresses };
}

/** The default role is given in the default team, so it must be held there. */
async function requireDefaultHeld(tx: Tx, actor: Actor, role: string | null): Promise<void> {
  if (role === null) return;
  const [team] = await tx.select({ id: teams.id }).from(teams).where(eq(teams.slug, DEFAULT_TEAM.slug));
  await requireRoleHeld(tx, actor, { teamId: team?.id ?? null, role });
}

async function guard({ tx, actor, now, deps }: CommandArgs<unknown>, input: ProviderInput): Promise<void> {
  requireRecentSignIn(actor, now);
  await requireMappedHeld(tx, actor);
  await requireDefaultHeld(tx, actor, input.defaultRole);
  await discoverProvider(input.issuer, deps.outbound);
}

/**
 * Sets up a provider. It lets nobody in before a test sign-in came back whole and somebody enabled it.
 *
 * @throws AppError `invalid` (also for what the provider says of itself), `conflict`, `forbidden` (security Z6)
 */
export const createProvider = defineCommand({
  name: 'identity-providers.create',
  permission: 'identity-providers:manage',
  input: providerInputSchema.extend({ slug: providerSlugSchema, clientSecret: clientSecretSchema }),
  audit: { action: 'identity-provider.create', target: 'identity-provider' },
  async run(args) {
    const { input, tx, now, deps } = args;
    await guard(args, input);
    const id = uuidv7(now.getTime());
    const { clientSecret, ...values } = input;
    const [made] = await tx
      .insert(identityProviders)
      .values({ ...values, id, clientSecret: deps.sealer.seal(clientSecret), createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning({ id: identityProviders.id });
    if (!made)
      throw new AppError('conflict', 'There is a provider with this address, or with this client, already.');
    return { result: { id }, targetId: id, after: snapshot(input) };
  },
});

/** Another issuer or client is another provider: it has to be tried before it lets anybody in again. */
function untested(before: Row, input: ProviderInput, hasNewSecret: boolean) {
  const isOther = before.issuer !== input.issuer || before.clientId !== input.clientId;
  if (isOther) return { enabled: false, testedAt: null, lastTest: null };
  return hasNewSecret ? { testedAt: null, lastTest: null } : {};
}

/**
 * Changes a provider; without a secret the one that is stored stays. The default role must be held, the former as the
 * new one (security Z6). What follows for the people of a provider that is or was enabled holds at once.
 *
 * @throws AppError `not_found`, `conflict` when it was changed since `version` and for the last admin, `invalid`,
 *   `forbidden`
 */
export const updateProvider = defineCommand({
  name: 'identity-providers.update',
  permission: 'identity-providers:manage',
  input: providerInputSchema.extend({
    id: z.uuid(),
    version: z.int(),
    clientSecret: clientSecretSchema.nullable(),
  }),
  audit: { action: 'identity-provider.update', target: 'identity-provider' },
  async run(args) {
    const { tx, now, deps } = args;
    const { id, version, clientSecret, ...input } = args.input;
    await guard(args, input);
    const own = eq(identityProviders.id, id);
    const [before] = await tx.select().from(identityProviders).where(own).for('update');
    if (!before) throw noSuchProvider();
    if (before.version !== version) throw changedMeanwhile();
    await requireDefaultHeld(tx, args.actor, before.defaultRole);
    const changes = {
      ...input,
      ...untested(before, input, clientSecret !== null),
      ...(clientSecret !== null && { clientSecret: deps.sealer.seal(clientSecret) }),
      version: version + 1,
      updatedAt: now,
    };
    const [after] = await tx.update(identityProviders).set(changes).where(own).returning();
    if (!after) throw noSuchProvider();
    const touched = before.enabled ? new Set([before.issuer, after.issuer]) : [];
    for (const issuer of touched) await settleProvider(args, issuer);
    return {
      result: { id, enabled: after.enabled },
      targetId: id,
      before: { ...snapshot(before), enabled: before.enabled },
      after: { ...snapshot(after), enabled: after.enabled, hasNewSecret: clientSecret !== null },
    };
  },
});

/**
 * Lets people in through a provider, or stops doing so: then the sessions that it vouched for end, but for the one that
 * acts, and its groups give nothing until it is enabled again. Stopping takes nothing but the permission, whatever its
 * groups give: it must be possible at once when a provider misbehaves, and whoever holds as much starts it again.
 *
 * @throws AppError `conflict` for one that no test sign-in came back whole from, and for one whose groups make the last
 *   admin; `not_found`, `forbidden`
 */
export const setProviderEnabled = defineCommand({
  name: 'identity-providers.set-enabled',
  permission: 'identity-providers:manage',
  input: z.strictObject({ id: z.uuid(), enabled: z.boolean() }),
  audit: { action: 'identity-provider.set-enabled', target: 'identity-provider' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { id, enabled } = input;
    requireRecentSignIn(actor, now);
    if (enabled) await requireMappedHeld(tx, actor);
    const { slug, issuer, testedAt, defaultRole } = identityProviders;
    const own = eq(identityProviders.id, id);
    const [known] = await tx.select({ testedAt, defaultRole }).from(identityProviders).where(own);
    if (!known) throw noSuchProvider();
    if (enabled) await requireDefaultHeld(tx, actor, known.defaultRole);
    const [row] = await tx
      .update(identityProviders)
      .set({ enabled, version: sql`${identityProviders.version} + 1`, updatedAt: now })
      .where(enabled ? and(own, isNotNull(testedAt)) : own)
      .returning({ slug, issuer });
    if (!row)
      throw new AppError('conflict', 'Try a sign-in first: only a provider that works can be enabled.');
    const follows = await settleProvider(args, row.issuer);
    return { result: { id, enabled }, targetId: id, after: { slug: row.slug, enabled, ...follows } };
  },
});

/**
 * Forgets a provider. The accounts that came through it stay, and its people come in by what else they have: the
 * sessions that it vouched for end, and its groups give nothing. It is not
 * to be taken back, so that it is for who holds what the provider could give, as setting one up is (security Z6).
 *
 * @throws AppError `not_found`, `forbidden`, `conflict` for one whose groups make the last admin
 */
export const deleteProvider = defineCommand({
  name: 'identity-providers.delete',
  permission: 'identity-providers:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'identity-provider.delete', target: 'identity-provider' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { id } = input;
    requireRecentSignIn(actor, now);
    const [row] = await tx.delete(identityProviders).where(eq(identityProviders.id, id)).returning();
    if (!row) throw noSuchProvider();
    await requireMappedHeld(tx, actor);
    await requireDefaultHeld(tx, actor, row.defaultRole);
    const follows = await settleProvider(args, row.issuer);
    return { result: { id }, targetId: id, before: snapshot(row), after: follows };
  },
});
