import type { Db } from '#db/client.ts';
import { readReceptions } from '#db/receptions.ts';
import {
  claimRules,
  RENEW_EVERY_MS,
  type RuleClaim,
  releaseRule,
  renewClaims,
} from '#lib/alerts/evaluate/claim-rules.ts';
import { planEvaluation } from '#lib/alerts/evaluate/plan-evaluation.ts';
import { readWatchedAgents, type WatchedAgent } from '#lib/alerts/evaluate/watched-agents.ts';
import type { Log } from '#lib/kernel/log.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { ReceptionStretch } from '#lib/model/reception.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';
import { createAsker, type Patience, USUAL_PATIENCE } from './ask.ts';
import { recordEvaluation, recordUnreadable } from './record.ts';

export interface EvaluationTools {
  db: Db;
  bus: Pick<EventBus, 'publish'>;
  metrics: Pick<MetricReader, 'measureWindows'>;
  log: Log;
  /** When this process began to evaluate, Unix milliseconds of the database. */
  upSinceMs: number;
  patience?: Patience;
  /** How often the rules of a round are held on to, milliseconds. */
  renewEveryMs?: number;
}

/** Rules that one round takes on; those that ask the same question ask it once. */
export const RULE_BATCH = 50;
/** Evaluations of a round that are under way at once: connections to the database. */
const AT_ONCE = 4;
/** After a failure of ours a rule is tried again this much later. */
const RETRY_SECONDS = 10;

interface Round extends EvaluationTools {
  /** Rules of this round that are still to be evaluated, or are being. */
  held: Set<RuleClaim>;
  resultOf: ReturnType<typeof createAsker>;
  agentsOf(teamId: string): Promise<WatchedAgent[]>;
  /** When telemetry could be taken. */
  receptions: readonly ReceptionStretch[];
}

function startRound(
  tools: EvaluationTools,
  claims: readonly RuleClaim[],
  receptions: Round['receptions'],
): Round {
  const teams = new Map<string, Promise<WatchedAgent[]>>();
  return {
    ...tools,
    held: new Set(claims),
    receptions,
    resultOf: createAsker(tools.metrics, tools.patience ?? USUAL_PATIENCE),
    agentsOf(teamId) {
      const agents = teams.get(teamId) ?? readWatchedAgents(tools.db, teamId);
      teams.set(teamId, agents);
      return agents;
    },
  };
}

async function evaluate(round: Round, claim: RuleClaim) {
  const { db, upSinceMs } = round;
  const parsed = ruleDefinitionSchema.safeParse(claim.definition);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const reason = `its definition can't be read: ${issue?.path.join('.')} ${issue?.message}`;
    return recordUnreadable(db, claim, reason);
  }
  const { id, teamId, name, version, slotMs } = claim;
  const plan = planEvaluation(parsed.data, await round.agentsOf(teamId), round.receptions, slotMs);
  const result = await round.resultOf(teamId, plan);
  return recordEvaluation(
    db,
    claim,
    { id, teamId, name, version, definition: parsed.data },
    result,
    upSinceMs,
  );
}

/** One rule of a round; never rejects, so that the others run. */
async function evaluateSafely(round: Round, claim: RuleClaim, signal: AbortSignal): Promise<void> {
  const { db, bus, log, held } = round;
  const giveBack = (afterSeconds = 0) => {
    held.delete(claim);
    return releaseRule(db, claim, afterSeconds);
  };
  try {
    if (signal.aborted) return await giveBack();
    const done = await evaluate(round, claim);
    held.delete(claim);
    if (done === null) await giveBack();
    done?.applied?.afterCommit(bus);
  } catch (error) {
    log.error({ err: error, rule: claim.id }, 'an evaluation could not be recorded');
    await giveBack(RETRY_SECONDS).catch(() => undefined);
  }
}

/** Holds on to the rules of a round until it is let go; one that is killed holds them for one lease. */
function holdOn({ db, log, held, renewEveryMs = RENEW_EVERY_MS }: Round): () => void {
  const renew = () =>
    renewClaims(db, [...held]).catch((error) => log.warn({ err: error }, 'rules could not be held on to'));
  const timer = setInterval(() => void renew(), renewEveryMs);
  return () => clearInterval(timer);
}

/**
 * One round: takes on the rules that are due and evaluates each for its slot.
 *
 * @returns how many rules were taken on; a full batch means that more are due
 */
export async function evaluateRules(tools: EvaluationTools, signal: AbortSignal): Promise<number> {
  const claims = await claimRules(tools.db, RULE_BATCH);
  if (claims.length === 0) return 0;
  const round = startRound(tools, claims, await readReceptions(tools.db));
  const letGo = holdOn(round);
  const waiting = claims.values();
  const lane = async () => {
    for (const claim of waiting) await evaluateSafely(round, claim, signal);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, claims.length) }, lane)).finally(letGo);
  return claims.length;
}
