import type { RuleType } from './alert.ts';

/** The words of alert rules. What a whole rule is stands in alert-rule-schema.ts. */

/** The metric of absence rules that asks for any telemetry at all. */
export const ANY_TELEMETRY = 'telemetry';

/** Labels of agents that series can be grouped and filtered by. */
export const AGENT_LABELS = ['agent', 'environment', 'namespace', 'type', 'version'] as const;
export type AgentLabel = (typeof AGENT_LABELS)[number];

/** One instance for each of these; `team` is one for all that the filters leave. */
export const RULE_GROUPINGS = ['agent', 'type', 'environment', 'namespace', 'version', 'team'] as const;
export type RuleGrouping = (typeof RULE_GROUPINGS)[number];

export const NO_DATA_POLICIES = ['alert', 'alerting', 'normal', 'keep-last', 'zero'] as const;
export type NoDataPolicy = (typeof NO_DATA_POLICIES)[number];
export const ERROR_POLICIES = ['alert', 'alerting', 'normal', 'keep-last'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

export const RULE_OPERATORS = ['>', '>=', '<', '<='] as const;
export type RuleOperator = (typeof RULE_OPERATORS)[number];

/** Types that judge a distance from what is good only ask whether it is that large. */
const DISTANCE_OPERATORS: Partial<Record<RuleType, RuleOperator>> = {
  absence: '>=',
  anomaly: '>=',
  burn_rate: '>=',
};

/** How a rule compares, whatever operator stands in it. */
export function operatorOf({ type, operator }: { type: RuleType; operator: RuleOperator }): RuleOperator {
  return DISTANCE_OPERATORS[type] ?? operator;
}
