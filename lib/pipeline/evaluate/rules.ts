import type { Db } from '#db/client.ts';
import { readReceptions } from '#db/receptions.ts';
import { claimRules, type RuleClaim, releaseRule } from '#lib/alerts/evaluate/claim-rules.ts';
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
}

/** Rules that one round takes on; those that ask the same question ask it once. */
export const RULE_BATCH = 50;
/** Evaluations of a round that are under way at once: connections to the database. */
const AT_ONCE = 4;
/** After a failure of ours a rule is tried again this much later. */
const RETRY_SECONDS = 10;

interface Round extends EvaluationTools {
  resultOf: ReturnType<typeof createAsker>;
  agentsOf(teamId: string): Promise<WatchedAgent[]>;
  /** When telemetry could be taken. */
  receptions: readonly ReceptionStretch[];
}

function startRound(tools: EvaluationTools, receptions: Round['receptions']): Round {
  const teams = new Map<string, Promise<WatchedAgent[]>>();
  return {
    ...tools,
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
  const { db, bus, log } = round;
  try {
    if (signal.aborted) return await releaseRule(db, claim);
    const done = await evaluate(round, claim);
    if (done === null) await releaseRule(db, claim);
    done?.applied?.afterCommit(bus);
  } catch (error) {
    log.error({ err: error, rule: claim.id }, 'an evaluation could not be recorded');
    await releaseRule(db, claim, RETRY_SECONDS).catch(() => undefined);
  }
}

/**
 * One round: takes on the rules that are due and evaluates each for its slot.
 *
 * @returns how many rules were taken on; a full batch means that more are due
 */
export async function evaluateRules(tools: EvaluationTools, signal: AbortSignal): Promise<number> {
  const claims = await claimRules(tools.db, RULE_BATCH);
  if (claims.length === 0) return 0;
  const round = startRound(tools, await readReceptions(tools.db));
  const waiting = claims.values();
  const lane = async () => {
    for (const claim of waiting) await evaluateSafely(round, claim, signal);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, claims.length) }, lane));
  return claims.length;
}
