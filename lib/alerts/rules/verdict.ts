import type { Severity } from '#lib/model/alert.ts';
import { operatorOf, type RuleOperator } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { isFiring, type Level, type RuleInstance } from './instance.ts';

/** Levels from worst to least. */
const LEVELS: readonly Level[] = ['critical', 'warning'];

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

/**
 * What a value that reached a level is beyond, or was when it last was: the rule may have been changed since (alerting
 * S11). Of a milder level than it had it is known that it was beyond the milder of both.
 */
export function thresholdPassed(
  definition: RuleDefinition,
  level: Level,
  judged: number,
  previous: RuleInstance | null,
): number {
  const threshold = definition.levels[level] ?? 0;
  const passed = previous?.threshold ?? null;
  const operator = operatorOf(definition);
  if (previous === null || passed === null || compares(judged, operator, threshold)) return threshold;
  if (levelOf(definition, previous.severity) === level) return passed;
  return operator.startsWith('>') ? Math.min(passed, threshold) : Math.max(passed, threshold);
}

/** The severity of what is wrong with the rule itself: that of its worst level. */
export function worstSeverity({ levels, severities }: RuleDefinition): Severity {
  return levels.critical === undefined ? severities.warning : severities.critical;
}
