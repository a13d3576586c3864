import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { AccessFinding } from '#lib/model/cluster.ts';
import type { ClusterWatch } from '#lib/model/cluster-agent.ts';
import { createdAt, id, time } from './columns.ts';
import { teams } from './members.ts';

/** Clusters that a team's agents run in, how each is reached, and how the last contact went. */
export const clusters = pgTable(
  'clusters',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Where address and credentials come from; `given`: they stand here (deployment S-70). */
    accessFrom: text('access_from', { enum: ['in-cluster', 'kubeconfig', 'given'] }).notNull(),
    /** Of the operator's kubeconfig; null is its current one. */
    context: text('context'),
    server: text('server'),
    ca: text('ca'),
    skipTlsVerify: boolean('skip_tls_verify').notNull().default(false),
    tlsServerName: text('tls_server_name'),
    /** Token, or client certificate and key, as JSON. */
    sealedUser: text('sealed_user'),
    /** The only namespaces that are used there (deployment S-69). */
    namespaces: jsonb('namespaces').$type<string[]>().notNull(),
    /** Grows with every change of how it is reached, so that an open connection is known to be old. */
    version: integer('version').notNull().default(1),
    lastContactAt: time('last_contact_at'),
    /** Why the last contact failed, in words; null: it did not. */
    lastError: text('last_error'),
    /** Somebody wants to know whether it can be reached and what may be done there; null: nobody does. */
    checkRequestedAt: time('check_requested_at'),
    checkLeaseUntil: time('check_lease_until'),
    checkedAt: time('checked_at'),
    /** What the last check found that may be done (deployment S-73). */
    access: jsonb('access').$type<AccessFinding[]>(),
    /** The worker that watches it, for as long as its lease goes (deployment S-84). */
    watchOwner: text('watch_owner'),
    watchLeaseUntil: time('watch_lease_until'),
    /** How current what is known of each kind is. */
    watches: jsonb('watches').$type<ClusterWatch[]>().notNull().default([]),
    /** Since when nothing is known of it, and why; null: it is watched (deployment S-79). */
    watchStaleSince: time('watch_stale_since'),
    watchProblem: text('watch_problem'),
    /** Namespaces in which every agent that is found is adopted by itself. */
    autoAdoptNamespaces: jsonb('auto_adopt_namespaces').$type<string[]>().notNull().default([]),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('clusters_name_idx').on(t.teamId, t.name),
    index('clusters_checks_idx').on(t.checkRequestedAt).where(sql`${t.checkRequestedAt} is not null`),
    check('clusters_access_from_known', sql`${t.accessFrom} in ('in-cluster', 'kubeconfig', 'given')`),
    check(
      'clusters_given',
      sql`(${t.accessFrom} = 'given') = (${t.server} is not null and ${t.sealedUser} is not null)`,
    ),
    check('clusters_namespaces_some', sql`jsonb_array_length(${t.namespaces}) > 0`),
  ],
);
