import type { RuleDefinition } from './alert-rule-schema.ts';

/** The measure of spans that decides what a rule counts. */
function measureOf(definition: RuleDefinition): string {
  if (definition.type === 'ratio') return definition.ratio === 'error_rate' ? 'error_rate' : 'requests';
  if (definition.type === 'burn_rate') return 'error_rate';
  return definition.type === 'absence' ? 'requests' : definition.source.measure;
}

/** Whether a measure counts runs where nothing else is asked for: tokens and cost are of every span. */
export const isOfRuns = (measure: string): boolean => !/token|cost|unpriced/.test(measure);

/**
 * Whether a rule sees the runs of agents and nothing else, so that an agent without run spans never fires it. An
 * absence of any telemetry does not.
 */
export function looksAtRuns(definition: RuleDefinition): boolean {
  const { metric, of, model } = definition.source;
  if (metric !== 'operations') return false;
  if (of !== undefined) return of === 'agent';
  return model === undefined && isOfRuns(measureOf(definition));
}
