import { and, asc, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { alertIntegrations } from '#db/schema/alerts.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { IntegrationView } from '#lib/model/alert-integration.ts';
import { hashIntegrationSecret } from './secret.ts';

/** The senders of the team by name, revoked ones too. */
export const listIntegrations = defineQuery({
  name: 'alert-integrations.list',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: IntegrationView[] }> {
    const openAlerts = sql<number>`(select count(*)::int from alerts a where a.source = 'integration'
      and a.source_id = ${alertIntegrations}.id::text and a.status <> 'resolved')`;
    const rows = await db
      .select({ ...getTableColumns(alertIntegrations), openAlerts })
      .from(alertIntegrations)
      .where(eq(alertIntegrations.teamId, actor.teamId))
      .orderBy(asc(alertIntegrations.name), asc(alertIntegrations.id))
      .limit(500);
    const items = rows.map((row) => ({
      id: row.id,
      name: row.name,
      resolveTimeoutSeconds: row.resolveTimeoutMs / 1000,
      maxPerAlertname: row.maxPerAlertname,
      path: `/api/integrations/${row.id}`,
      openAlerts: row.openAlerts,
      lastReceivedAt: row.lastReceivedAt?.getTime() ?? null,
      createdAt: row.createdAt.getTime(),
      revokedAt: row.revokedAt?.getTime() ?? null,
    }));
    return { items };
  },
});

/** A sender that proved who it is. */
export interface Integration {
  id: string;
  teamId: string;
  name: string;
}

/** Finds the sender that a secret belongs to; null for a secret that is none, or was rotated or revoked. */
export async function findIntegration(db: Db, secret: string): Promise<Integration | null> {
  const [row] = await db
    .select({ id: alertIntegrations.id, teamId: alertIntegrations.teamId, name: alertIntegrations.name })
    .from(alertIntegrations)
    .where(
      and(
        eq(alertIntegrations.secretHash, hashIntegrationSecret(secret)),
        isNull(alertIntegrations.revokedAt),
      ),
    );
  return row ?? null;
}
