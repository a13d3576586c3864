import { and, asc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { scimTokens } from '#db/schema/sign-in.ts';
import { refuseMoreThanHeld, requireRecentSignIn } from '#lib/access/require.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ScimTokenView } from '#lib/model/identity-provider.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { requireDefaultsHeld, requireMappedHeld } from '../groups/require-role-held.ts';
import { liveIssuers } from '../providers/live-issuers.ts';
import { hashScimToken, makeScimToken } from './token.ts';

const DAY_MS = 86_400_000;

async function requireLive(tx: Tx, deps: CommandDeps, issuer: string): Promise<void> {
  if ((await liveIssuers(tx, deps)).includes(issuer)) return;
  const message = 'Choose a provider that is enabled.';
  throw new AppError('invalid', message, { issues: [{ path: 'issuer', message }] });
}

/**
 * Lets a provisioning client keep the people of a provider. The answer is the only place where its token ever stands.
 *
 * @throws AppError `invalid` for a provider that lets nobody in; `forbidden` for somebody who holds less than the groups that the client fills would give, or than the
 *   default role of the provider (security Z6)
 */
export const createScimToken = defineCommand({
  name: 'provisioning.create-token',
  permission: 'provisioning:manage',
  input: z.strictObject({
    name: z.string().trim().min(1, 'Give the token a name.').max(80),
    issuer: z.url('Choose the provider whose people it keeps.').max(500),
    /** Days until it stops working. */
    expiresInDays: z.int().min(1).max(730).default(365),
  }),
  audit: { action: 'scim-client.create', target: 'scim-client' },
  async run({ input: { expiresInDays, ...input }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    await requireLive(tx, deps, input.issuer);
    await requireMappedHeld(tx, actor);
    await requireDefaultsHeld(tx, actor, refuseMoreThanHeld, input.issuer);
    const token = makeScimToken();
    const id = uuidv7(now.getTime());
    const createdBy = actor.kind === 'user' ? actor.userId : null;
    const tokenHash = hashScimToken(token);
    const expiresAt = new Date(now.getTime() + expiresInDays * DAY_MS);
    await tx
      .insert(scimTokens)
      .values({ id, ...input, expiresAt, tokenHash, lastFour: token.slice(-4), createdBy, createdAt: now });
    return { result: { id, token }, targetId: id, after: { ...input, expiresAt } };
  },
});

/**
 * Ends a token at once. What its client made stays, so that nobody is lowered by it. Whoever manages provisioning may,
 * whatever the groups give: a token that leaked must end now, and the next one asks for what they give.
 *
 * @throws AppError `not_found`
 */
export const revokeScimToken = defineCommand({
  name: 'provisioning.revoke-token',
  permission: 'provisioning:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'scim-client.revoke', target: 'scim-client' },
  async run({ input: { id }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    const [row] = await tx
      .update(scimTokens)
      .set({ revokedAt: now })
      .where(and(eq(scimTokens.id, id), isNull(scimTokens.revokedAt)))
      .returning({ name: scimTokens.name });
    if (!row) throw new AppError('not_found', 'There is no such token.');
    return { result: { id }, targetId: id, after: { name: row.name } };
  },
});

/** The tokens of provisioning clients, the oldest first. */
export const listScimTokens = defineQuery({
  name: 'provisioning.list-tokens',
  permission: 'provisioning:manage',
  input: z.strictObject({}),
  async run({ db }): Promise<ScimTokenView[]> {
    const { id, name, issuer, lastFour, createdAt, expiresAt, createdBy, lastUsedAt, revokedAt } = scimTokens;
    return db
      .select({
        ...{ id, name, issuer, lastFour, createdAt, expiresAt, lastUsedAt, revokedAt },
        createdByEmail: users.email,
      })
      .from(scimTokens)
      .leftJoin(users, and(eq(users.id, createdBy), eq(users.status, 'active')))
      .orderBy(asc(createdAt))
      .limit(200);
  },
});
