import { instanceIdentity } from './identity.ts';
import type { Rule, RuleInstance, RulePoint } from './instance.ts';
import type { Reading } from './step-instance.ts';
import { judge, thresholdPassed } from './verdict.ts';
import { breachReason } from './words.ts';

/** Two series that are one after their labels were filled in (alerting S8). */
class DuplicateSeriesError extends Error {}

export const hasData = (point: RulePoint): boolean => point.judged !== null && !Number.isNaN(point.judged);

function readPoint(rule: Rule, point: RulePoint, known: ReadonlyMap<string, RuleInstance>): Reading {
  const { definition } = rule;
  const identity = instanceIdentity(rule, point.labels);
  const judged = point.judged ?? Number.NaN;
  const previous = known.get(identity.fingerprint) ?? null;
  const level = judge(definition, judged, previous);
  const threshold = level && thresholdPassed(definition, level, judged, previous);
  return {
    ...identity,
    kind: 'data',
    agentId: point.agentId,
    value: point.value,
    threshold,
    severity: level && definition.severities[level],
    reason:
      level && threshold !== null
        ? breachReason(rule, level, { value: point.value, judged, threshold })
        : 'back to normal',
  };
}

/**
 * What the points that have data say, by fingerprint.
 *
 * @throws DuplicateSeriesError, TemplateError: then nothing at all may be concluded from this evaluation
 */
export function readPoints(
  rule: Rule,
  points: readonly RulePoint[],
  known: ReadonlyMap<string, RuleInstance>,
): Map<string, Reading> {
  const readings = new Map<string, Reading>();
  for (const point of points) {
    const reading = readPoint(rule, point, known);
    if (readings.has(reading.fingerprint))
      throw new DuplicateSeriesError(`two series have the labels ${JSON.stringify(reading.labels)}`);
    if (hasData(point)) readings.set(reading.fingerprint, reading);
  }
  return readings;
}
