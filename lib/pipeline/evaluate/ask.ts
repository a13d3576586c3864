import type { EvaluationPlan } from '#lib/alerts/evaluate/plan-evaluation.ts';
import type { RuleResult } from '#lib/alerts/rules/instance.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { MetricReader, WindowsAnswer, WindowsQuery } from '#lib/ports/metric-store/port.ts';

/** How patient an evaluation is with its source (alerting S15). */
export interface Patience {
  timeoutMs: number;
  attempts: number;
}

export const USUAL_PATIENCE: Patience = { timeoutMs: 30_000, attempts: 3 };

function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const late = () => reject(new Error(`no answer within ${timeoutMs} ms`));
  const timer = setTimeout(late, timeoutMs);
  work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

/** A question that can't be answered is not asked again; one that failed is. */
async function askPatiently(ask: () => Promise<WindowsAnswer>, { timeoutMs, attempts }: Patience) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await within(ask(), timeoutMs);
    } catch (error) {
      const isFinal = isAppError(error) && error.code === 'invalid';
      if (isFinal || attempt >= attempts) throw error;
    }
  }
}

/**
 * Asks the metric store what rules want to know, each question once, however many rules have it. Made for one
 * round of evaluations.
 */
export function createAsker(metrics: Pick<MetricReader, 'measureWindows'>, patience: Patience) {
  const answers = new Map<string, Promise<WindowsAnswer>>();

  function askOnce(teamId: string, query: WindowsQuery): Promise<WindowsAnswer> {
    const key = `${teamId} ${JSON.stringify(query)}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = askPatiently(() => metrics.measureWindows(teamId, query), patience);
      answers.set(key, answer);
    }
    return answer;
  }

  /** What the plan of an evaluation finds out; never rejects: that the source fails is a result. */
  return async function resultOf(teamId: string, plan: EvaluationPlan): Promise<RuleResult> {
    try {
      return plan.conclude(await Promise.all(plan.queries.map((query) => askOnce(teamId, query))));
    } catch (error) {
      return { kind: 'error', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}
