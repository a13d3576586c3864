import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { alertIntegrations } from '#db/schema/alerts.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { integrationInputSchema } from '#lib/model/alert-integration.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashIntegrationSecret, makeIntegrationSecret } from './secret.ts';

type Input = z.output<typeof integrationInputSchema>;
const columnsOf = ({ name, resolveTimeoutSeconds, maxPerAlertname }: Input) => ({
  name,
  resolveTimeoutMs: Math.round(resolveTimeoutSeconds * 1000),
  maxPerAlertname,
});
const inUse = (id: string, teamId: string) =>
  and(
    eq(alertIntegrations.id, id),
    eq(alertIntegrations.teamId, teamId),
    isNull(alertIntegrations.revokedAt),
  );
const noSuchIntegration = () => new AppError('not_found', 'There is no such integration.');

/** Lets a system send alerts. The answer is the only place where its secret ever stands. */
export const createIntegration = defineCommand({
  name: 'alert-integrations.create',
  permission: 'alert-integrations:manage',
  input: integrationInputSchema,
  audit: { action: 'alert-integration.create', target: 'alert-integration' },
  async run({ input, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    const secret = makeIntegrationSecret();
    const id = uuidv7();
    const createdBy = actor.kind === 'user' ? actor.userId : null;
    const secretHash = hashIntegrationSecret(secret);
    await tx
      .insert(alertIntegrations)
      .values({ id, teamId: actor.teamId, ...columnsOf(input), secretHash, createdBy });
    return { result: { id, secret }, targetId: id, after: input };
  },
});

/** @throws AppError `not_found` for one that was revoked, or is another team's */
export const updateIntegration = defineCommand({
  name: 'alert-integrations.update',
  permission: 'alert-integrations:manage',
  input: integrationInputSchema.extend({ id: z.uuid() }),
  audit: { action: 'alert-integration.update', target: 'alert-integration' },
  async run({ input: { id, ...values }, actor, tx }) {
    const [row] = await tx
      .update(alertIntegrations)
      .set(columnsOf(values))
      .where(inUse(id, actor.teamId))
      .returning({ id: alertIntegrations.id });
    if (!row) throw noSuchIntegration();
    return { result: { id }, targetId: id, after: values };
  },
});

/**
 * Gives a sender another secret; the one before stops at once.
 *
 * @throws AppError `not_found`
 */
export const rotateIntegration = defineCommand({
  name: 'alert-integrations.rotate',
  permission: 'alert-integrations:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'alert-integration.rotate', target: 'alert-integration' },
  async run({ input: { id }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    const secret = makeIntegrationSecret();
    const [row] = await tx
      .update(alertIntegrations)
      .set({ secretHash: hashIntegrationSecret(secret) })
      .where(inUse(id, actor.teamId))
      .returning({ name: alertIntegrations.name });
    if (!row) throw noSuchIntegration();
    return { result: { id, secret }, targetId: id, after: { name: row.name } };
  },
});

/**
 * Ends a sender for good. Its open alerts stay until somebody resolves them, or their ends come.
 *
 * @throws AppError `not_found`
 */
export const revokeIntegration = defineCommand({
  name: 'alert-integrations.revoke',
  permission: 'alert-integrations:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'alert-integration.revoke', target: 'alert-integration' },
  async run({ input: { id }, actor, tx }) {
    const [row] = await tx
      .update(alertIntegrations)
      .set({ revokedAt: sql`now()` })
      .where(inUse(id, actor.teamId))
      .returning({ name: alertIntegrations.name });
    if (!row) throw noSuchIntegration();
    return { result: { id }, targetId: id, before: { name: row.name } };
  },
});
