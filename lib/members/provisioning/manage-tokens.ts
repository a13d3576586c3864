import { and, asc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { scimTokens } from '#db/schema/sign-in.ts';
import { refuseMoreThanHeld, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ScimTokenView } from '#lib/model/identity-provider.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { requireDefaultsHeld, requireMappedHeld } from '../groups/require-role-held.ts';
import { hashScimToken, makeScimToken } from './token.ts';

/**
 * Lets a provisioning client keep the people of a provider. The answer is the only place where its token ever stands.
 *
 * @throws AppError `forbidden` for somebody who holds less than the groups that the client fills would give, or than the
 *   default role of the provider (security Z6)
 */
export const createScimToken = defineCommand({
  name: 'provisioning.create-token',
  permission: 'provisioning:manage',
  input: z.strictObject({
    name: z.string().trim().min(1, 'Give the token a name.').max(80),
    issuer: z.url('Choose the provider whose people it keeps.').max(500),
  }),
  audit: { action: 'scim-client.create', target: 'scim-client' },
  async run({ input, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    await requireMappedHeld(tx, actor);
    await requireDefaultsHeld(tx, actor, refuseMoreThanHeld, input.issuer);
    const token = makeScimToken();
    const id = uuidv7(now.getTime());
    const createdBy = actor.kind === 'user' ? actor.userId : null;
    const tokenHash = hashScimToken(token);
    await tx
      .insert(scimTokens)
      .values({ id, ...input, tokenHash, lastFour: token.slice(-4), createdBy, createdAt: now });
    return { result: { id, token }, targetId: id, after: input };
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
    const { id, name, issuer, lastFour, createdAt, lastUsedAt, revokedAt } = scimTokens;
    return db
      .select({ id, name, issuer, lastFour, createdAt, lastUsedAt, revokedAt })
      .from(scimTokens)
      .orderBy(asc(createdAt))
      .limit(200);
  },
});
