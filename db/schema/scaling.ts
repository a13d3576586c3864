import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { DECISION_RESULTS, HOLD_CODES, type ScalingRule, type ScalingState } from '#lib/model/scaling.ts';
import { agents } from './agents.ts';
import { createdAt, id, time } from './columns.ts';
import { team } from './members.ts';

/** How the workloads of agents are scaled, and what their job remembers from one look to the next. */
export const scalingPolicies = pgTable(
  'scaling_policies',
  {
    id: id(),
    teamId: team(),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    /** The workload as somebody named it; null: the one that the agent was last deployed to. */
    clusterId: uuid('cluster_id'),
    namespace: text('namespace'),
    workloadName: text('workload_name'),
    isDryRun: boolean('is_dry_run').notNull().default(true),
    rule: jsonb('rule').$type<ScalingRule>().notNull(),
    /** Grows with every change of what it says, so that what was decided before is dropped. */
    version: integer('version').notNull().default(1),
    /** The workload in hand: no two policies have the same one. */
    heldClusterId: uuid('held_cluster_id'),
    heldNamespace: text('held_namespace'),
    heldWorkload: text('held_workload'),
    /** What was asked for at the last looks, for the stabilisation windows. */
    recent: jsonb('recent').$type<{ at: number; replicas: number }[]>().notNull().default([]),
    state: jsonb('state').$type<ScalingState>(),
    /** The decision that is being carried out: written before the cluster is, so that it is carried out once. */
    actingId: uuid('acting_id'),
    lastScaledAt: time('last_scaled_at'),
    leaseOwner: text('lease_owner'),
    /** The fencing token: whoever writes under an older one has lost the lease. */
    leaseVersion: bigint('lease_version', { mode: 'number' }).notNull().default(0),
    leaseExpiresAt: time('lease_expires_at'),
    nextAt: time('next_at').notNull().defaultNow(),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('scaling_policies_agent_key').on(t.agentId),
    uniqueIndex('scaling_policies_held_key').on(t.heldClusterId, t.heldNamespace, t.heldWorkload),
    index('scaling_policies_team_idx').on(t.teamId, t.id),
    index('scaling_policies_due_idx').on(t.nextAt),
    check(
      'scaling_policies_workload_whole',
      sql`num_nulls(${t.clusterId}, ${t.namespace}, ${t.workloadName}) in (0, 3)`,
    ),
  ],
);

/** What was asked for, and what became of it: one row each time that it was something else. Old ones are forgotten. */
export const scalingDecisions = pgTable(
  'scaling_decisions',
  {
    id: id(),
    teamId: team(),
    policyId: uuid('policy_id')
      .notNull()
      .references(() => scalingPolicies.id, { onDelete: 'cascade' }),
    at: time('at').notNull(),
    result: text('result', { enum: DECISION_RESULTS }).notNull(),
    hold: text('hold', { enum: HOLD_CODES }),
    fromReplicas: integer('from_replicas'),
    toReplicas: integer('to_replicas'),
    words: text('words').notNull(),
    load: doublePrecision('load'),
    costPerHour: doublePrecision('cost_per_hour'),
    isDryRun: boolean('is_dry_run').notNull(),
    /** Of the policy that it was made under. */
    policyVersion: integer('policy_version').notNull(),
  },
  (t) => [
    index('scaling_decisions_policy_idx').on(t.policyId, t.id),
    index('scaling_decisions_team_idx').on(t.teamId, t.at),
  ],
);
