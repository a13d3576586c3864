import { databaseNow } from '#db/now.ts';
import { type EvaluationTools, evaluateRules, RULE_BATCH } from '#lib/pipeline/evaluate/rules.ts';
import type { Loop } from '../loop.ts';

/** Evaluates the alert rules whose slot has come. */
export function evaluationLoop(tools: Omit<EvaluationTools, 'upSinceMs'>): Loop {
  let upSinceMs: number | null = null;
  return {
    name: 'evaluations',
    intervalMs: 10_000,
    timeoutMs: 100_000,
    exclusive: 'claims',
    wakeOn: 'evaluate',
    async step(signal) {
      upSinceMs ??= (await databaseNow(tools.db)).getTime();
      const done = await evaluateRules({ ...tools, upSinceMs }, signal);
      return { done, more: done >= RULE_BATCH };
    },
  };
}
