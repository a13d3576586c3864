import type { LabelMatcher, RuleType, Severity } from '#lib/model/alert.ts';
import type { ErrorPolicy, NoDataPolicy, RuleGrouping, RuleOperator } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { levelUnit } from '#lib/model/rule-value-unit.ts';
import { writeSpan } from '#lib/model/span.ts';

/** A rule as it stands in the fields of the editor: what is typed stays text until it is read. */
export interface RuleDraft {
  name: string;
  enabled: boolean;
  type: RuleType;
  metric: string;
  measure: string;
  of: '' | 'agent' | 'model' | 'tool';
  model: string;
  agentIds: string[];
  /** What stands in the field that adds agents, not chosen yet. */
  agentTyped: string;
  matchers: LabelMatcher[];
  groupBy: RuleGrouping;
  window: string;
  interval: string;
  offset: string;
  minimumCount: string;
  operator: RuleOperator;
  warning: string;
  critical: string;
  recoveryWarning: string;
  recoveryCritical: string;
  severityWarning: Severity;
  severityCritical: Severity;
  for: string;
  keepFiringFor: string;
  noData: NoDataPolicy;
  onError: ErrorPolicy;
  missedEvaluations: string;
  instanceLimit: string;
  labels: KeyText[];
  annotations: KeyText[];
  runbookUrl: string;
  title: string;
  message: string;
  compare: string;
  change: 'percent' | 'absolute';
  ratio: 'error_rate' | 'cost_per_run' | 'tokens_per_run';
  weeks: string;
  direction: 'above' | 'below' | 'both';
  /** Percent. */
  budget: string;
  shortWindow: string;
}

export interface KeyText {
  key: string;
  text: string;
}

/** A new rule: the error rate of any agent. */
export const NEW_RULE: RuleDraft = {
  name: '',
  enabled: true,
  type: 'ratio',
  metric: 'operations',
  measure: 'requests',
  of: '',
  model: '',
  agentIds: [],
  agentTyped: '',
  matchers: [],
  groupBy: 'agent',
  window: '5m',
  interval: '1m',
  offset: '30s',
  minimumCount: '1',
  operator: '>',
  warning: '',
  critical: '20',
  recoveryWarning: '',
  recoveryCritical: '',
  severityWarning: 'warning',
  severityCritical: 'critical',
  for: '5m',
  keepFiringFor: '0s',
  noData: 'normal',
  onError: 'alert',
  missedEvaluations: '2',
  instanceLimit: '10000',
  labels: [],
  annotations: [],
  runbookUrl: '',
  title: '',
  message: '',
  compare: '5m',
  change: 'percent',
  ratio: 'error_rate',
  weeks: '4',
  direction: 'both',
  budget: '1',
  shortWindow: '5m',
};

const keyTexts = (record: Readonly<Record<string, string>>): KeyText[] =>
  Object.entries(record).map(([key, text]) => ({ key, text }));

/** The fields of one type alone; the others keep what a new rule has. */
function ownFields(definition: RuleDefinition): Partial<RuleDraft> {
  if (definition.type === 'rate_of_change')
    return { compare: writeSpan(definition.compareSeconds), change: definition.change };
  if (definition.type === 'ratio') return { ratio: definition.ratio };
  if (definition.type === 'anomaly')
    return { weeks: String(definition.weeks), direction: definition.direction };
  if (definition.type === 'burn_rate')
    return {
      budget: String(Number((definition.budget * 100).toPrecision(6))),
      shortWindow: writeSpan(definition.shortWindowSeconds),
    };
  return {};
}

/** A stored rule in the fields of the editor. */
export function draftOf(rule: { name: string; enabled: boolean; definition: RuleDefinition }): RuleDraft {
  const { name, enabled, definition } = rule;
  const { source, levels, recovery, severities } = definition;
  const { scale } = levelUnit(definition);
  const written = (value: number) =>
    definition.type === 'absence' ? writeSpan(value) : String(Number((value * scale).toPrecision(12)));
  const shown = (value: number | undefined) => (value === undefined ? '' : written(value));
  return {
    ...NEW_RULE,
    ...{ name, enabled, type: definition.type },
    ...{ metric: source.metric, measure: source.measure, of: source.of ?? '', model: source.model ?? '' },
    ...{ agentIds: source.agentIds, matchers: source.matchers, groupBy: definition.groupBy },
    window: writeSpan(definition.windowSeconds),
    interval: writeSpan(definition.intervalSeconds),
    offset: writeSpan(definition.offsetSeconds),
    minimumCount: String(definition.minimumCount),
    operator: definition.operator,
    ...{ warning: shown(levels.warning), critical: shown(levels.critical) },
    ...{ recoveryWarning: shown(recovery.warning), recoveryCritical: shown(recovery.critical) },
    ...{ severityWarning: severities.warning, severityCritical: severities.critical },
    for: writeSpan(definition.forSeconds),
    keepFiringFor: writeSpan(definition.keepFiringForSeconds),
    ...{ noData: definition.noData, onError: definition.onError },
    missedEvaluations: String(definition.missedEvaluations),
    instanceLimit: String(definition.instanceLimit),
    labels: keyTexts(definition.labels),
    annotations: keyTexts(definition.annotations),
    ...{ runbookUrl: definition.runbookUrl, title: definition.title, message: definition.message },
    ...ownFields(definition),
  };
}
