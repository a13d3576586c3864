import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { DELIVERY_RESULTS } from '#lib/model/repository.ts';
import type { AllowRule, DeliveryFacts } from '#lib/model/repository-schema.ts';
import { createdAt, id, time } from './columns.ts';
import { teams, users } from './members.ts';

const team = () =>
  uuid('team_id')
    .notNull()
    .references(() => teams.id, { onDelete: 'cascade' });

/** Repositories that a team has connected, each with a webhook of its own. */
export const repositories = pgTable(
  'repositories',
  {
    id: id(),
    teamId: team(),
    /** Origin of the server: https://github.com, or an Enterprise server. */
    hostUrl: text('host_url').notNull(),
    /** `owner/name`. */
    fullName: text('full_name').notNull(),
    credentialKind: text('credential_kind', { enum: ['app', 'token'] }).notNull(),
    appId: bigint('app_id', { mode: 'number' }),
    installationId: bigint('installation_id', { mode: 'number' }),
    /** The private key of the app, or the token: sealed by the secret box. */
    sealedCredential: text('sealed_credential').notNull(),
    /** What its webhook signs with: sealed. */
    sealedSecret: text('sealed_secret').notNull(),
    /** The one before the last rotation, which counts until `formerSecretUntil`: sealed. */
    sealedFormerSecret: text('sealed_former_secret'),
    formerSecretUntil: time('former_secret_until'),
    allowed: jsonb('allowed').$type<AllowRule[]>().notNull().default([]),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('repositories_name_key').on(t.teamId, t.hostUrl, sql`lower(${t.fullName})`),
    check('repositories_credential_known', sql`${t.credentialKind} in ('app', 'token')`),
  ],
);

/** What webhooks delivered; the two keys are what makes a delivery count once (deployment S-87). */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id(),
    teamId: team(),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** `X-GitHub-Delivery`: the same for a redelivery, and not signed. */
    deliveryGuid: text('delivery_guid').notNull(),
    /** Hook and SHA-256 of the body; null once the window is over in which the same body counts once. */
    bodyKey: text('body_key'),
    hookId: text('hook_id'),
    event: text('event').notNull(),
    action: text('action'),
    facts: jsonb('facts').$type<DeliveryFacts>().notNull(),
    result: text('result', { enum: DELIVERY_RESULTS }).notNull().default('received'),
    reason: text('reason').notNull().default(''),
    /** The rule that allowed it. */
    rule: jsonb('rule').$type<AllowRule>(),
    receivedAt: time('received_at').notNull().defaultNow(),
    settledAt: time('settled_at'),
  },
  (t) => [
    uniqueIndex('webhook_deliveries_guid_key').on(t.repositoryId, t.deliveryGuid),
    uniqueIndex('webhook_deliveries_body_key').on(t.repositoryId, t.bodyKey),
    index('webhook_deliveries_recent_idx').on(t.repositoryId, t.receivedAt),
    index('webhook_deliveries_waiting_idx').on(t.receivedAt).where(sql`${t.result} = 'received'`),
  ],
);
