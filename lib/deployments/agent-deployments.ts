import { and, desc, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { deployments } from '#db/schema/deployments.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { ACTIVE_STATUSES, isActive } from '#lib/model/deployment-status.ts';
import type { AgentDeployment, AgentDeployments, AgentWorkload } from '#lib/model/deployment-view.ts';
import { toDeploymentRow } from './deployment-rows.ts';
import { type LightRow, lightColumns, rollBackAbility } from './light-rows.ts';

/** More workloads of one agent than these are not listed. */
const MOST_WORKLOADS = 20;
const PAGE_SIZE = 25;

const placeOf = ({ clusterId, namespace, workloadKind, workloadName }: LightRow) =>
  [clusterId, namespace, workloadKind, workloadName].join('\n');

/** The latest change of each workload first: what is under way, then by when it was over. */
const latestFirst = [sql`coalesce(${deployments.finishedAt}, 'infinity') desc`, desc(deployments.id)];

/** Of each workload of an agent the latest deployment that a condition holds for. */
async function latestOfEach(db: Reader, own: ReturnType<typeof and>): Promise<LightRow[]> {
  const { clusterId, namespace, workloadKind, workloadName } = deployments;
  return db
    .selectDistinctOn([clusterId, namespace, workloadKind, workloadName], lightColumns)
    .from(deployments)
    .where(own)
    .orderBy(clusterId, namespace, workloadKind, workloadName, ...latestFirst)
    .limit(MOST_WORKLOADS);
}

interface Known {
  running: readonly LightRow[];
  changed: readonly LightRow[];
  over: readonly LightRow[];
}

function workloadsOf({ running, changed, over }: Known, actor: Actor): AgentWorkload[] {
  const byPlace = (rows: readonly LightRow[]) => new Map(rows.map((row) => [placeOf(row), row]));
  const [runs, ends] = [byPlace(running), byPlace(over)];
  const time = (row: LightRow) => (row.finishedAt ?? row.createdAt).getTime();
  return [...changed]
    .sort((a, b) => time(b) - time(a))
    .map((latest) => {
      const [run, end] = [runs.get(placeOf(latest)), ends.get(placeOf(latest))];
      const can = isActive(latest.status)
        ? ({ allowed: false, reason: 'A deployment is under way there.' } as const)
        : end && rollBackAbility(end, actor);
      const { cluster, namespace, workload } = toDeploymentRow(latest);
      return {
        ...{ cluster, namespace, workload },
        running: run ? toDeploymentRow(run) : null,
        after: latest.id === run?.id ? null : toDeploymentRow(latest),
        takesBack: end && can ? { id: end.id, can } : null,
      };
    });
}

/** A row of the history, with the deployment that is taken back so that its version returns (deployment S-44). */
function inHistory(row: LightRow, workloads: readonly AgentWorkload[]): AgentDeployment {
  const shown = toDeploymentRow(row);
  const at = workloads.find(
    ({ cluster, namespace, workload }) =>
      cluster.id === row.clusterId && namespace === row.namespace && workload.name === row.workloadName,
  );
  const isRunning = at?.running?.id === row.id && at.after === null;
  const mayReturn = row.wasApplied && row.failureCode === null && !isActive(row.status) && !isRunning;
  return { ...shown, isRunning, returnsBy: mayReturn ? (at?.takesBack?.id ?? null) : null };
}

/**
 * What runs of an agent where, what may be rolled back there, and its deployments, the newest first.
 *
 * @throws AppError `not_found` for an agent that the team does not have
 */
export const agentDeployments = defineQuery({
  name: 'deployments.of-agent',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({ agentId: z.uuid(), cursor: z.uuid().optional() }),
  async run({ input: { agentId, cursor }, actor, db }): Promise<AgentDeployments> {
    const known = and(eq(agents.id, agentId), eq(agents.teamId, actor.teamId));
    if ((await db.$count(agents, known)) === 0) throw new AppError('not_found', 'There is no such agent.');
    const own = and(eq(deployments.teamId, actor.teamId), eq(deployments.agentId, agentId));
    const wasApplied = isNotNull(deployments.manifest);
    const [running, changed, over, rows] = await Promise.all([
      latestOfEach(db, and(own, eq(deployments.status, 'completed'))),
      latestOfEach(db, and(own, or(wasApplied, inArray(deployments.status, [...ACTIVE_STATUSES])))),
      latestOfEach(
        db,
        and(own, wasApplied, inArray(deployments.status, ['completed', 'failed', 'cancelled'])),
      ),
      db
        .select(lightColumns)
        .from(deployments)
        .where(and(own, cursor === undefined ? undefined : lt(deployments.id, cursor)))
        .orderBy(desc(deployments.id))
        .limit(PAGE_SIZE + 1),
    ]);
    const workloads = workloadsOf({ running, changed, over }, actor);
    const items = rows.slice(0, PAGE_SIZE).map((row) => inHistory(row, workloads));
    const nextCursor = rows.length > PAGE_SIZE ? (items.at(-1)?.id ?? null) : null;
    return { workloads, history: { items, nextCursor } };
  },
});
