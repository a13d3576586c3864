import type { Severity } from '#lib/model/alert.ts';
import type { RuleOperator } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { isFiring, type Level, type RuleInstance } from './instance.ts';

/** Levels from worst to least. */
const LEVELS: readonly Level[] = ['critical', 'warning'];

/** Types that judge a distance from what is good only ask whether it is that large. */
const OPERATOR: Partial<Record<RuleDefinition['type'], RuleOperator>> = {
  absence: '>=',
  anomaly: '>=',
  burn_rate: '>=',
};

export function operatorOf({ type, operator }: RuleDefinition): RuleOperator {
  return OPERATOR[type] ?? operator;
}

/** Equality is what the operator says it is, literally (alerting S12). */
export function compares(value: number, operator: RuleOperator, threshold: number): boolean {
  if (operator === '>') return value > threshold;
  if (operator === '>=') return value >= threshold;
  return operator === '<' ? value < threshold : value <= threshold;
}

/** The level that a severity stands for; where both have the same one, the milder. */
function levelOf(definition: RuleDefinition, severity: Severity): Level {
  const { warning, critical } = definition.severities;
  return severity === critical && warning !== critical ? 'critical' : 'warning';
}

/** Whether a firing instance has not come back behind its recovery threshold (alerting S11). */
function holds(definition: RuleDefinition, level: Level, judged: number): boolean {
  const back = definition.recovery[level];
  if (back === undefined) return false;
  return operatorOf(definition).startsWith('>') ? judged >= back : judged <= back;
}

/** The level that a value reaches; hysteresis counts only for an instance that fires. */
export function judge(
  definition: RuleDefinition,
  judged: number,
  previous: RuleInstance | null,
): Level | null {
  const held = isFiring(previous) && previous ? levelOf(definition, previous.severity) : null;
  for (const level of LEVELS) {
    const threshold = definition.levels[level];
    if (threshold === undefined) continue;
    if (compares(judged, operatorOf(definition), threshold)) return level;
    const wasReached = held !== null && LEVELS.indexOf(held) <= LEVELS.indexOf(level);
    if (wasReached && holds(definition, level, judged)) return level;
  }
  return null;
}

/** The severity of what is wrong with the rule itself: that of its worst level. */
export function worstSeverity({ levels, severities }: RuleDefinition): Severity {
  return levels.critical === undefined ? severities.warning : severities.critical;
}
