import { eq, inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import type { AgentPlace, ClusterWatch } from '#lib/model/cluster-agent.ts';
import { cutText } from '#lib/model/cut-text.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { type FoundAgent, placeKey } from '../discovery/found-agents.ts';
import { holdLease } from './watch-leases.ts';

/** So long something is missing before it counts as gone (7.3, 7). Milliseconds. */
const MISSING_MS = 5 * 60_000;
const ROWS_AT_ONCE = 500;

type Row = typeof clusterAgents.$inferSelect;

/** What is known of a cluster now. */
export interface Known {
  clusterId: string;
  teamId: string;
  found: readonly FoundAgent[];
  isGone(place: AgentPlace): boolean;
  watches: ClusterWatch[];
  /** Why nothing can be told of it, and since when; null: it is watched. */
  problem: { sinceMs: number; words: string } | null;
}

/** Longest text of somebody else's object that is kept of it. */
const MAX_TEXT = 1000;

/** Texts of others as the database takes them: any object of the cluster may hold anything. */
const storable = <Value>(value: Value): Value =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'string' ? toStorable(cutText(each, MAX_TEXT)) : each,
    ),
  );

const columnsOf = ({ uid, workload, facts }: FoundAgent) => ({
  ...{
    uid,
    facts: storable(facts),
    workloadKind: workload?.kind ?? null,
    workloadName: workload?.name ?? null,
  },
  container: workload?.container ?? null,
});

/** Equal as it is stored: the order of fields is the database's. */
const wordsOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

function differs(row: Row | undefined, agent: FoundAgent): boolean {
  if (row?.presence !== 'present') return true;
  const { uid, facts, workloadKind, workloadName, container } = row;
  return wordsOf({ uid, facts, workloadKind, workloadName, container }) !== wordsOf(columnsOf(agent));
}

async function writeFound(
  tx: Tx,
  { clusterId, teamId }: Known,
  agents: readonly FoundAgent[],
  at: Date,
): Promise<void> {
  for (let start = 0; start < agents.length; start += ROWS_AT_ONCE) {
    const values = agents.slice(start, start + ROWS_AT_ONCE).map((agent) => {
      const { namespace, group, kind, name } = agent;
      const place = { clusterId, teamId, namespace, group, kind, name };
      return { id: uuidv7(at.getTime()), ...place, ...columnsOf(agent), createdAt: at, updatedAt: at };
    });
    await tx
      .insert(clusterAgents)
      .values(values)
      .onConflictDoUpdate({
        target: [
          ...[clusterAgents.clusterId, clusterAgents.namespace, clusterAgents.group],
          ...[clusterAgents.kind, clusterAgents.name],
        ],
        set: {
          // Made anew under its old name, it is the same agent again (7.3, 3).
          incarnation: sql`${clusterAgents.incarnation} + (${clusterAgents.uid} <> excluded.uid)::int`,
          ...{ uid: sql`excluded.uid`, facts: sql`excluded.facts`, container: sql`excluded.container` },
          ...{ workloadKind: sql`excluded.workload_kind`, workloadName: sql`excluded.workload_name` },
          ...{ presence: 'present', missingSince: null, archivedAt: null, updatedAt: at },
        },
      });
  }
}

/** Those that are gone: missing first, archived once that is long enough ago, all of them in one go. */
async function writeGone(tx: Tx, gone: readonly Row[], at: Date): Promise<number> {
  const missing = gone.filter(({ presence }) => presence === 'present').map(({ id }) => id);
  const due = (row: Row) =>
    row.presence === 'missing' && at.getTime() - (row.missingSince?.getTime() ?? 0) >= MISSING_MS;
  const archived = gone.filter(due).map(({ id }) => id);
  if (missing.length > 0)
    await tx
      .update(clusterAgents)
      .set({ presence: 'missing', missingSince: at, updatedAt: at })
      .where(inArray(clusterAgents.id, missing));
  if (archived.length > 0)
    await tx
      .update(clusterAgents)
      .set({ presence: 'archived', archivedAt: at, updatedAt: at })
      .where(inArray(clusterAgents.id, archived));
  return missing.length + archived.length;
}

async function writeWatches(tx: Tx, { clusterId, watches, problem }: Known): Promise<boolean> {
  const [row] = await tx
    .select({
      watches: clusters.watches,
      watchStaleSince: clusters.watchStaleSince,
      watchProblem: clusters.watchProblem,
    })
    .from(clusters)
    .where(eq(clusters.id, clusterId));
  if (!row) return false;
  // What was stale before stays so since then.
  const since = problem && (row.watchStaleSince ?? new Date(problem.sinceMs));
  const now = storable({ watches, watchProblem: problem?.words ?? null });
  const { watchStaleSince, ...stood } = row;
  if (wordsOf(stood) === wordsOf(now) && watchStaleSince?.getTime() === since?.getTime()) return false;
  await tx
    .update(clusters)
    .set({ ...now, watchStaleSince: since })
    .where(eq(clusters.id, clusterId));
  return true;
}

/**
 * Writes down what is known of a cluster where it differs from what stands there.
 *
 * @returns whether anything did; null: another worker has the cluster
 */
export async function recordFound(db: Db, owner: string, known: Known): Promise<boolean | null> {
  return db.transaction(async (tx) => {
    if (!(await holdLease(tx, owner, known.clusterId))) return null;
    const isOtherwise = await writeWatches(tx, known);
    // Nothing was heard: nothing is known to be different.
    if (known.problem !== null) return isOtherwise;
    const rows = await tx.select().from(clusterAgents).where(eq(clusterAgents.clusterId, known.clusterId));
    const at = await databaseNow(tx);
    const byPlace = new Map(rows.map((row) => [placeKey(row), row]));
    const changed = known.found.filter((agent) => differs(byPlace.get(placeKey(agent)), agent));
    await writeFound(tx, known, changed, at);
    const found = new Set(known.found.map(placeKey));
    const gone = rows.filter((row) => !found.has(placeKey(row)) && known.isGone(row));
    const went = await writeGone(tx, gone, at);
    return isOtherwise || changed.length + went > 0;
  });
}
