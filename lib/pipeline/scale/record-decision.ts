import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { scalingDecisions } from '#db/schema/scaling.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import type { DecisionResult, ScalingState } from '#lib/model/scaling.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { ScalingPolicyRow } from '#lib/scaling/policy-rows.ts';
import { type PolicyValues, writeUnderLease } from './claim-policies.ts';

export type DecisionRow = typeof scalingDecisions.$inferSelect;

/** Decisions of a policy are kept so many days, and so many of them. */
const KEPT_DAYS = 30;
const KEPT = 1000;

export interface RecordTools {
  db: Db;
  announce(teamId: string, event: TeamEvent): void;
}

/** The worker as the ledger names it. */
const workerOf = ({ teamId, id }: ScalingPolicyRow): SystemActor => ({
  ...{ kind: 'system', name: 'worker', teamId, grants: [] },
  origin: { ip: null, userAgent: null, requestId: id },
});

const ACTIONS: Readonly<Record<DecisionResult, string>> = {
  recommended: 'scaling.recommend',
  acting: 'scaling.scale',
  scaled: 'scaling.scale',
  failed: 'scaling.scale',
  dropped: 'scaling.drop',
  stays: 'scaling.stay',
  holds: 'scaling.hold',
};

type Said = Pick<
  DecisionRow,
  'result' | 'hold' | 'fromReplicas' | 'toReplicas' | 'words' | 'load' | 'costPerHour' | 'isDryRun'
>;

async function audit(tx: Tx, row: ScalingPolicyRow, said: Said, at: Date): Promise<void> {
  const { result, hold, fromReplicas, toReplicas, words, load, costPerHour, isDryRun } = said;
  await recordAudit(
    tx,
    {
      ...{ actor: workerOf(row), action: ACTIONS[result], target: { kind: 'scaling-policy', id: row.id } },
      outcome: result === 'failed' ? 'failed' : 'ok',
      before: { replicas: fromReplicas },
      after: { replicas: toReplicas, hold, load, costPerHour, isDryRun, agentId: row.agentId },
      reason: words,
    },
    at,
  );
}

/** Whether the same was said the last time; what was done and then stays is no news. */
function isNews(last: DecisionRow | undefined, said: Said): boolean {
  if (!last) return true;
  const isSame = last.hold === said.hold && last.toReplicas === said.toReplicas;
  if (said.result === 'stays') return !(isSame && (last.result === 'stays' || last.result === 'scaled'));
  if (said.result === 'holds') return !(last.result === 'holds' && last.hold === said.hold);
  return !(last.result === said.result && isSame && last.fromReplicas === said.fromReplicas);
}

async function forgetOld(tx: Tx, policyId: string): Promise<void> {
  await tx.execute(sql`
    delete from scaling_decisions where policy_id = ${policyId}::uuid and (
      at < alert_now() - make_interval(days => ${KEPT_DAYS})
      or (at, id) <= (select at, id from scaling_decisions where policy_id = ${policyId}::uuid
        order by at desc, id desc offset ${KEPT} limit 1))`);
}

const changed = ({ agentId, id }: ScalingPolicyRow, at: Date): TeamEvent => ({
  ...{ type: 'scaling.changed', agentId, policyId: id, at: at.getTime() },
});

const RESULTS = { change: 'recommended', stay: 'stays', hold: 'holds' } as const;

/**
 * Writes what a look found: into the policy each time, into decisions and ledger when it is something else than before.
 *
 * @param does that it will be done now: it is written down before the cluster is told, so that it is done once
 * @returns the policy, and the decision that is to be carried out
 * @throws LeaseLost
 */
export async function recordLook(
  { db, announce }: RecordTools,
  row: ScalingPolicyRow,
  found: { state: ScalingState; recent: PolicyValues['recent']; does: boolean },
): Promise<{ row: ScalingPolicyRow; acting: DecisionRow | null }> {
  const { state, recent, does } = found;
  const said: Said = {
    ...{ result: does ? 'acting' : RESULTS[state.outcome], hold: state.hold },
    ...{ fromReplicas: state.from, toReplicas: state.to, words: state.words },
    ...{ load: state.load, costPerHour: state.costPerHour, isDryRun: row.isDryRun },
  };
  const done = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const [last] = await tx
      .select()
      .from(scalingDecisions)
      .where(eq(scalingDecisions.policyId, row.id))
      .orderBy(desc(scalingDecisions.at), desc(scalingDecisions.id))
      .limit(1);
    const values: PolicyValues = { state, recent };
    if (!does && !isNews(last, said))
      return { row: await writeUnderLease(tx, row, values), acting: null, at: null };
    const id = uuidv7();
    const held = await writeUnderLease(tx, row, { ...values, ...(does ? { actingId: id } : {}) });
    const [made] = await tx
      .insert(scalingDecisions)
      .values({ id, teamId: row.teamId, policyId: row.id, at, policyVersion: row.version, ...said })
      .returning();
    await audit(tx, row, said, at);
    await forgetOld(tx, row.id);
    return { row: held, acting: does ? (made ?? null) : null, at };
  });
  if (done.at) announce(row.teamId, changed(row, done.at));
  return { row: done.row, acting: done.acting };
}

/** The decision that a worker wrote down and nobody has said the end of; null: none. */
export async function readActing(db: Db, { id, actingId }: ScalingPolicyRow): Promise<DecisionRow | null> {
  if (actingId === null) return null;
  const own = and(eq(scalingDecisions.id, actingId), eq(scalingDecisions.policyId, id));
  const [row] = await db.select().from(scalingDecisions).where(own);
  return row ?? null;
}

/** Says what became of a decision. @throws LeaseLost */
export async function settleDecision(
  { db, announce }: RecordTools,
  row: ScalingPolicyRow,
  decision: DecisionRow,
  end: { result: 'scaled' | 'failed' | 'dropped'; words?: string },
): Promise<ScalingPolicyRow> {
  const words = end.words === undefined ? decision.words : `${decision.words} ${end.words}`;
  const done = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const isScaled = end.result === 'scaled';
    const held = await writeUnderLease(tx, row, {
      actingId: null,
      ...(isScaled ? { lastScaledAt: at } : {}),
    });
    await tx
      .update(scalingDecisions)
      .set({ result: end.result, words })
      .where(eq(scalingDecisions.id, decision.id));
    // That it will be scaled stands in the ledger since before the cluster was told.
    if (!isScaled) await audit(tx, row, { ...decision, result: end.result, words: end.words ?? words }, at);
    return { held, at };
  });
  announce(row.teamId, changed(row, done.at));
  return done.held;
}
