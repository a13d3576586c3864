import type { Labels } from '#lib/model/alert.ts';
import { AGENT_LABELS, operatorOf } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { levelUnit } from '#lib/model/rule-value-unit.ts';
import { instanceIdentity } from '../identity.ts';
import type { Level, Rule, RuleInstance, RuleResult } from '../instance.ts';
import { fillTemplate, TemplateError } from '../template.ts';
import { breachReason, findingOf } from '../words.ts';

type Example = RulePreview['example'];

/** What stands for the labels of a series where the past has none. */
const NOBODY: Labels = { agent: 'planner', environment: 'production' };

function labelsOf({ definition }: Rule, results: readonly RuleResult[]): Labels {
  if (definition.groupBy === 'team') return {};
  for (const result of results.toReversed()) {
    const point = result.kind === 'points' ? result.points[0] : undefined;
    if (point) return point.labels;
  }
  return definition.groupBy === 'agent' ? NOBODY : { [definition.groupBy]: 'example' };
}

function problemOf(path: string, template: string, names: readonly string[]): Example['problems'] {
  try {
    fillTemplate(template, Object.fromEntries(names.map((name) => [name, ''])));
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ path, message: `${error.message}. There are: ${names.join(', ')}.` }];
  }
}

/** Templates that could not be filled in, each with the field it stands in. */
function templateProblems({ title, message, labels, annotations }: RuleDefinition): Example['problems'] {
  const ofLabels = [...AGENT_LABELS, 'rule'];
  const ofTexts = [
    ...new Set([...ofLabels, ...Object.keys(labels)]),
    'value',
    'threshold',
    'severity',
    'reason',
  ];
  return [
    ...problemOf('title', title, ofTexts),
    ...problemOf('message', message, ofTexts),
    ...Object.entries(labels).flatMap(([key, text]) => problemOf(`labels.${key}`, text, ofLabels)),
    ...Object.entries(annotations).flatMap(([key, text]) => problemOf(`annotations.${key}`, text, ofTexts)),
  ];
}

/** A value a quarter past a threshold, on its bad side; a share goes at most half of the way to the whole. */
function breachOf({ definition }: Rule, threshold: number): number {
  const step = threshold === 0 ? 1 : Math.abs(threshold) / 4;
  if (operatorOf(definition).startsWith('<')) return threshold - step;
  const isShare = levelUnit(definition).suffix === '%' && levelUnit(definition).scale === 100;
  return threshold + (isShare && threshold < 1 ? Math.min(step, (1 - threshold) / 2) : step);
}

/** What people would be told, with the labels of a real series where there is one and a value that is too much. */
export function exampleMessage(rule: Rule, results: readonly RuleResult[], atMs: number): Example {
  const { definition } = rule;
  const problems = templateProblems(definition);
  if (problems.some(({ path }) => path.startsWith('labels.'))) return { title: '', message: '', problems };
  const level: Level = definition.levels.critical === undefined ? 'warning' : 'critical';
  const threshold = definition.levels[level] ?? 0;
  const value = breachOf(rule, threshold);
  const instance: RuleInstance = {
    ...instanceIdentity(rule, labelsOf(rule, results)),
    kind: 'data',
    state: 'firing',
    severity: definition.severities[level],
    agentId: null,
    value,
    threshold,
    activeAtMs: atMs,
    firedAtMs: atMs,
    clearSinceMs: null,
    lastEvaluatedAtMs: atMs,
    missed: 0,
  };
  const reason = breachReason(rule, level, { value, judged: value, threshold });
  const { title, message } = findingOf(rule, instance, reason, null);
  return { title, message, problems };
}
