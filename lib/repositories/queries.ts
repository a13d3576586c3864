import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { repositories, triggerRuns, webhookDeliveries } from '#db/schema/repositories.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { webhookPathOf } from '#lib/model/repository.ts';
import type { RepositoryView, WebhookDelivery } from '#lib/model/repository-schema.ts';
import { noSuchRepository, ownRepository } from './repository-rows.ts';

/** Deliveries that are shown of a repository. */
const RECENT = 50;

/** The repositories of the team by name; their secrets are never shown. */
export const listRepositories = defineQuery({
  name: 'repositories.list',
  permission: 'repositories:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db, now }): Promise<{ items: RepositoryView[] }> {
    const lastDeliveryAt = sql<Date | null>`(select max(d.received_at) from webhook_deliveries d
      where d.repository_id = repositories.id)`.mapWith(repositories.createdAt);
    const rows = await db
      .select({ row: repositories, lastDeliveryAt })
      .from(repositories)
      .where(eq(repositories.teamId, actor.teamId))
      .orderBy(asc(repositories.fullName), asc(repositories.id))
      .limit(500);
    const items = rows.map(({ row, lastDeliveryAt: last }) => ({
      id: row.id,
      fullName: row.fullName,
      hostUrl: row.hostUrl,
      credential: row.credentialKind,
      appId: row.appId,
      installationId: row.installationId,
      allowed: row.allowed,
      webhookPath: webhookPathOf(row.id),
      formerSecretUntil:
        row.formerSecretUntil && row.formerSecretUntil > now ? row.formerSecretUntil.getTime() : null,
      lastDeliveryAt: last?.getTime() ?? null,
      checkedAt: row.checkedAt?.getTime() ?? null,
      checkError: row.checkError,
      isCheckWaiting: row.checkRequestedAt !== null,
      limitedUntil: row.limitedUntil && row.limitedUntil > now ? row.limitedUntil.getTime() : null,
      createdAt: row.createdAt.getTime(),
    }));
    return { items };
  },
});

/**
 * What the webhook of a repository delivered, the latest first, and what became of it.
 *
 * @throws AppError `not_found`
 */
export const listWebhookDeliveries = defineQuery({
  name: 'repositories.deliveries',
  permission: 'repositories:read',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  async run({ actor, db, input: { id } }): Promise<{ items: WebhookDelivery[] }> {
    const own = ownRepository(actor.teamId, id);
    const [repository] = await db.select({ id: repositories.id }).from(repositories).where(own);
    if (!repository) throw noSuchRepository();
    const rows = await db
      .select()
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.repositoryId, id), eq(webhookDeliveries.teamId, actor.teamId)))
      .orderBy(desc(webhookDeliveries.receivedAt), desc(webhookDeliveries.id))
      .limit(RECENT);
    const runs = await db
      .select()
      .from(triggerRuns)
      .where(
        inArray(
          triggerRuns.deliveryId,
          rows.map((row) => row.id),
        ),
      );
    const startedBy = Map.groupBy(runs, (run) => run.deliveryId);
    const items = rows.map(({ id: deliveryId, facts, rule, receivedAt, ...row }) => ({
      ...{ id: deliveryId, repositoryId: id, deliveryGuid: row.deliveryGuid, event: row.event },
      ...{ action: row.action, result: row.result, reason: row.reason, ref: facts.ref, sha: facts.sha },
      environment: rule?.environment ?? null,
      started: (startedBy.get(deliveryId) ?? []).map(({ status, message, deploymentId }) => ({
        ...{ status, message, deploymentId },
      })),
      receivedAt: receivedAt.getTime(),
    }));
    return { items };
  },
});
