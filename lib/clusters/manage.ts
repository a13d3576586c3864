/**
 * Clusters: where the agents of a team run. Connecting them, confining Pitwall to namespaces there, and asking a worker
 * what may be done: the web process itself calls none.
 *
 * This file holds the verbs.
 */
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { clusters } from '#db/schema/clusters.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { clusterAccessSchema, clusterEditSchema, clusterInputSchema } from '#lib/model/cluster.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { accessColumns, accessForLedger } from './access-columns.ts';

/** Clusters that a team may have. */
const MAX_CLUSTERS = 50;

const own = (id: string, teamId: string) => and(eq(clusters.id, id), eq(clusters.teamId, teamId));
const noSuchCluster = () => new AppError('not_found', 'There is no such cluster.');
const nameTaken = (name: string) =>
  new AppError('conflict', `There is a cluster ${name} already.`, {
    issues: [{ path: 'name', message: 'Taken.' }],
  });

/** A check under way looks at what is no longer so. */
const checkAnew = (now: Date) => ({ checkRequestedAt: now, checkLeaseUntil: null });

async function refuseOverLimit(tx: Tx, teamId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`clusters:${teamId}`}, 0))`);
  if ((await tx.$count(clusters, eq(clusters.teamId, teamId))) >= MAX_CLUSTERS)
    throw new AppError('conflict', `The team has its ${MAX_CLUSTERS} clusters. Take one away first.`);
}

async function refuseTakenName(tx: Tx, teamId: string, name: string, id: string): Promise<void> {
  const taken = sql`${clusters.teamId} = ${teamId} and ${clusters.name} = ${name} and ${clusters.id} <> ${id}`;
  if ((await tx.$count(clusters, taken)) > 0) throw nameTaken(name);
}

/** Connects a cluster; a worker looks at once whether it can be reached and what may be done there. */
export const connectCluster = defineCommand({
  name: 'clusters.connect',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: clusterInputSchema,
  audit: { action: 'cluster.connect', target: 'cluster' },
  async run({ input, actor, tx, now, deps }) {
    const columns = accessColumns(input, actor, deps);
    const { name, namespaces } = input;
    await refuseOverLimit(tx, actor.teamId);
    const id = uuidv7(now.getTime());
    await refuseTakenName(tx, actor.teamId, name, id);
    await tx
      .insert(clusters)
      .values({ id, teamId: actor.teamId, name, namespaces, ...columns, checkRequestedAt: now });
    return { result: { id }, targetId: id, after: { name, namespaces, ...accessForLedger(columns) } };
  },
});

/**
 * Renames a cluster, or changes which of its namespaces are used.
 *
 * @throws AppError `not_found`, `conflict` for a name that another has
 */
export const updateCluster = defineCommand({
  name: 'clusters.update',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: clusterEditSchema,
  audit: { action: 'cluster.update', target: 'cluster' },
  async run({ input: { id, name, namespaces }, actor, tx, now }) {
    const [before] = await tx.select().from(clusters).where(own(id, actor.teamId)).for('update');
    if (!before) throw noSuchCluster();
    await refuseTakenName(tx, actor.teamId, name, id);
    const autoAdoptNamespaces = before.autoAdoptNamespaces.filter((each) => namespaces.includes(each));
    const changed = { name, namespaces, autoAdoptNamespaces, version: before.version + 1, updatedAt: now };
    await tx
      .update(clusters)
      .set({ ...changed, ...checkAnew(now) })
      .where(own(id, actor.teamId));
    const { name: formerName, namespaces: formerNamespaces } = before;
    return {
      result: { id },
      targetId: id,
      before: { name: formerName, namespaces: formerNamespaces },
      after: { name, namespaces },
    };
  },
});

/**
 * Says anew how a cluster is reached. Address and credentials are given together: nobody can send the credentials that
 * somebody else gave to an address of their own.
 *
 * @throws AppError `not_found`
 */
export const reconnectCluster = defineCommand({
  name: 'clusters.reconnect',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: clusterAccessSchema,
  audit: { action: 'cluster.reconnect', target: 'cluster' },
  async run({ input, actor, tx, now, deps }) {
    const [before] = await tx.select().from(clusters).where(own(input.id, actor.teamId)).for('update');
    if (!before) throw noSuchCluster();
    const columns = accessColumns(input, actor, deps);
    const fresh = { lastError: null, access: null, checkedAt: null, ...checkAnew(now) };
    await tx
      .update(clusters)
      .set({ ...columns, ...fresh, version: before.version + 1, updatedAt: now })
      .where(own(input.id, actor.teamId));
    return {
      result: { id: input.id },
      targetId: input.id,
      before: accessForLedger(before),
      after: accessForLedger(columns),
    };
  },
});

/**
 * Takes a cluster away, with its credentials. What runs there goes on; what Pitwall did there stays in its history.
 *
 * @throws AppError `not_found`
 */
export const deleteCluster = defineCommand({
  name: 'clusters.delete',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'cluster.delete', target: 'cluster' },
  async run({ input: { id }, actor, tx }) {
    const [gone] = await tx.delete(clusters).where(own(id, actor.teamId)).returning();
    if (!gone) throw noSuchCluster();
    const { name, namespaces } = gone;
    return { result: { id }, targetId: id, before: { name, namespaces, ...accessForLedger(gone) } };
  },
});

/**
 * Asks for a look whether a cluster can be reached and what may be done there; a worker takes it, and the cluster says
 * what came of it (deployment S-73).
 *
 * @throws AppError `not_found`
 */
export const checkCluster = defineCommand({
  name: 'clusters.check',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'cluster.check', target: 'cluster' },
  async run({ input: { id }, actor, tx, now }) {
    const [row] = await tx
      .update(clusters)
      .set({ checkRequestedAt: now })
      .where(own(id, actor.teamId))
      .returning({ name: clusters.name });
    if (!row) throw noSuchCluster();
    return { result: { id }, targetId: id, after: { name: row.name } };
  },
});
