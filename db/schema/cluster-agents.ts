import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { AGENT_WORKLOADS, type AgentFacts, PRESENCES } from '#lib/model/cluster-agent.ts';
import { agents } from './agents.ts';
import { clusters } from './clusters.ts';
import { createdAt, id, oneOf, time } from './columns.ts';
import { team } from './members.ts';

/** Agents as they are found in clusters. Those that are gone stay, as their history. */
export const clusterAgents = pgTable(
  'cluster_agents',
  {
    id: id(),
    teamId: team(),
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => clusters.id, { onDelete: 'cascade' }),
    namespace: text('namespace').notNull(),
    /** Of the object that stands for it; the core group is ''. */
    group: text('source_group').notNull(),
    kind: text('source_kind').notNull(),
    name: text('name').notNull(),
    uid: text('uid').notNull(),
    /** Grows with every new uid under the same name. */
    incarnation: integer('incarnation').notNull().default(1),
    /** What runs its pods; null where that is no workload of its own. */
    workloadKind: text('workload_kind', { enum: AGENT_WORKLOADS }),
    workloadName: text('workload_name'),
    container: text('container'),
    facts: jsonb('facts').$type<AgentFacts>().notNull(),
    presence: text('presence', { enum: PRESENCES }).notNull().default('present'),
    missingSince: time('missing_since'),
    archivedAt: time('archived_at'),
    /** The agent of the console that it is; null: nobody has adopted it. */
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'set null' }),
    adoptedAt: time('adopted_at'),
    /** What it was let go from by hand is not adopted by itself again. */
    releasedAt: time('released_at'),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('cluster_agents_identity_key').on(t.clusterId, t.namespace, t.group, t.kind, t.name),
    index('cluster_agents_team_idx').on(t.teamId, t.id),
    index('cluster_agents_agent_idx').on(t.agentId),
    index('cluster_agents_unclaimed_idx').on(t.clusterId, t.namespace).where(sql`${t.agentId} is null`),
    check('cluster_agents_presence_known', oneOf('presence', PRESENCES)),
    check('cluster_agents_workload_whole', sql`(${t.workloadKind} is null) = (${t.workloadName} is null)`),
  ],
);
