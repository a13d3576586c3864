import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { stillMay } from '#lib/access/still-may.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { Sealer } from '#lib/command/context.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { type ControlClaim, claimControlRequests, MAX_ATTEMPTS } from './claim-control-requests.ts';
import { signatureHeaders } from './control-secret.ts';
import { insertTransition } from './insert-transition.ts';
import { asClause } from './probe-agent.ts';
import type { OnChanged } from './record-health.ts';

export interface ControlMessage {
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}

/** What carrying out starts and stops works with. */
export interface ControlTools {
  db: Db;
  sealer: Sealer;
  /** Posts JSON and answers with the HTTP status; rejects with AppError in words that may be shown. */
  post(url: string, message: ControlMessage): Promise<number>;
  onChanged: OnChanged;
}

type Answer = { kind: 'accepted' } | { kind: 'again' | 'refused'; words: string };

const WORTH_RETRYING: ReadonlySet<number> = new Set([408, 425, 429]);

function judge(status: number): Answer {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const kind = status >= 500 || WORTH_RETRYING.has(status) ? 'again' : 'refused';
  return { kind, words: `its control URL answered ${status}` };
}

async function send(tools: ControlTools, claim: ControlClaim, signal: AbortSignal): Promise<Answer> {
  const { action, agentId, requestId } = claim;
  const body = JSON.stringify({ action, agentId, requestId });
  const secret = tools.sealer.open(claim.sealedSecret);
  const signed = signatureHeaders(secret, { id: requestId, atMs: claim.claimedAtMs, body });
  const headers = { 'content-type': 'application/json', ...signed };
  try {
    return judge(await tools.post(claim.controlUrl, { headers, body, signal }));
  } catch (error) {
    const words = isAppError(error) ? asClause(error.message) : 'its control URL did not answer';
    return { kind: 'again', words };
  }
}

const stillWaiting = ({ agentId, requestId }: ControlClaim) =>
  and(eq(agents.id, agentId), eq(agents.controlRequestId, requestId), isNotNull(agents.desiredState));

const SETTLED = { desiredState: null, desiredSince: null, desiredBy: null };

async function markAccepted(db: Db, claim: ControlClaim): Promise<void> {
  await db.update(agents).set({ controlAcceptedAt: sql`now()` }).where(stillWaiting(claim));
}

/** Ends a request that can't be carried out: the agent is in error, and says why. */
async function fail(db: Db, claim: ControlClaim, words: string): Promise<void> {
  const { teamId, agentId, action, name } = claim;
  const reason = `${name} could not be asked to ${action}: ${words}.`;
  await db.transaction(async (tx) => {
    const [before] = await tx
      .select({ status: agents.status })
      .from(agents)
      .where(stillWaiting(claim))
      .for('update');
    if (!before) return;
    const at = new Date(claim.claimedAtMs);
    const changed = before.status === 'error' ? {} : ({ status: 'error', statusSince: at } as const);
    const failed = sql`${agents.health} || ${JSON.stringify({ failedControl: action })}::text::jsonb`;
    await tx
      .update(agents)
      .set({ ...SETTLED, ...changed, statusReason: reason, health: failed })
      .where(eq(agents.id, agentId));
    if (before.status === 'error') return;
    const signals = { controlRequestId: claim.requestId, attempts: claim.attempts };
    await insertTransition(tx, { teamId, agentId, from: before.status, to: 'error', reason, signals, at });
  });
}

/** Drops a request whose author has lost the right meanwhile, and says so in the ledger (security Z13). */
async function drop(db: Db, claim: ControlClaim): Promise<void> {
  const { teamId, agentId, action, requestId } = claim;
  const origin = { ip: null, userAgent: null, requestId };
  const actor: SystemActor = { kind: 'system', name: 'worker', teamId, grants: [], origin };
  const target = { kind: 'agent', id: agentId };
  const reason = 'Who asked for it may no longer control agents.';
  await db.transaction(async (tx) => {
    await tx.update(agents).set(SETTLED).where(stillWaiting(claim));
    const at = new Date(claim.claimedAtMs);
    await recordAudit(tx, { actor, action: `agent.${action}`, target, outcome: 'denied', reason }, at);
  });
}

async function carryOut(tools: ControlTools, claim: ControlClaim, signal: AbortSignal): Promise<void> {
  const { db } = tools;
  const { teamId, agentId } = claim;
  if (!(await stillMay(db, teamId, claim.by, 'agents:control', new Date(claim.claimedAtMs)))) {
    await drop(db, claim);
    return tools.onChanged(teamId, agentId);
  }
  const answer = await send(tools, claim, signal);
  if (answer.kind === 'accepted') return markAccepted(db, claim);
  const last = claim.attempts >= MAX_ATTEMPTS && !signal.aborted;
  if (answer.kind !== 'refused' && !last) return;
  await fail(db, claim, answer.words);
  tools.onChanged(teamId, agentId);
}

/**
 * Sends the starts and stops that wait to the control URLs of their agents, signed. What is not accepted is
 * sent again, under the same id, by whichever worker comes next; what is refused becomes an error of the
 * agent. Whether the agent then did as asked is for the health checks to find.
 *
 * @returns how many requests were sent
 */
export async function sendControlRequests(tools: ControlTools, signal: AbortSignal): Promise<number> {
  const claims = await claimControlRequests(tools.db);
  const results = await Promise.allSettled(claims.map((claim) => carryOut(tools, claim, signal)));
  const errors = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  if (errors.length > 0) throw new AggregateError(errors, 'some control requests could not be carried out');
  return claims.length;
}
