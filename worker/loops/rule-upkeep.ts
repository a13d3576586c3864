import { placeStarterPacks } from '#lib/alerts/rules/verbs/starter-pack.ts';
import { retireRules } from '#lib/pipeline/evaluate/retire.ts';
import type { Loop } from '../loop.ts';

const RETIRED_AT_ONCE = 20;

/** Ends what deleted and disabled rules left, and gives new teams their first rules. */
export function ruleUpkeepLoop(tools: Parameters<typeof retireRules>[0]): Loop {
  return {
    name: 'rule-upkeep',
    intervalMs: 10_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    wakeOn: 'evaluate',
    async step() {
      const placed = await placeStarterPacks(tools.db);
      const retired = await retireRules(tools, RETIRED_AT_ONCE);
      return { done: placed + retired, more: retired >= RETIRED_AT_ONCE };
    },
  };
}
