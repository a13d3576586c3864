import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { levelUnit } from '#lib/model/rule-value-unit.ts';
import { readSpan } from '#lib/model/span.ts';
import type { KeyText, RuleDraft } from './draft.ts';

export interface FieldIssue {
  path: string;
  message: string;
}

/** Issues of fields that may be in the middle of being filled in: they are only wrong once somebody saves. */
export const WRONG_ON_SAVE: readonly string[] = ['name', 'agentTyped'];

export interface DraftReading {
  /** The definition as it is sent; with issues it is only good for showing. */
  definition: RuleDefinition;
  issues: FieldIssue[];
}

/** Reads typed numbers and spans, and remembers by their path those that are none. */
function readers(issues: FieldIssue[]) {
  const refuse = (path: string, message: string) => {
    issues.push({ path, message });
    return 0;
  };
  return {
    span(path: string, text: string): number {
      const seconds = readSpan(text);
      return !Number.isFinite(seconds) ? refuse(path, 'Write a time like 30s, 5m or 1h 30m.') : seconds;
    },
    number(path: string, text: string): number {
      const value = Number(text.trim().replace(',', '.'));
      return text.trim() === '' || !Number.isFinite(value) ? refuse(path, 'Give a number.') : value;
    },
  };
}

type Readers = ReturnType<typeof readers>;

function texts(path: string, pairs: readonly KeyText[], issues: FieldIssue[]): Record<string, string> {
  const filled = pairs.filter(({ key, text }) => key.trim() !== '' || text.trim() !== '');
  const keys = filled.map(({ key }) => key.trim());
  if (keys.includes('')) issues.push({ path, message: 'Each line needs a name.' });
  const twice = keys.find((key, i) => key !== '' && keys.indexOf(key) !== i);
  if (twice !== undefined) issues.push({ path, message: `${twice} stands there twice.` });
  return Object.fromEntries(filled.map(({ key, text }) => [key.trim(), text]));
}

function levelsOf(read: Readers, draft: RuleDraft, path: 'levels' | 'recovery') {
  const { scale } = levelUnit({ ...draft, source: draft });
  const texts =
    path === 'levels'
      ? { warning: draft.warning, critical: draft.critical }
      : { warning: draft.recoveryWarning, critical: draft.recoveryCritical };
  const given = Object.entries(texts).filter(([, text]) => text.trim() !== '');
  const value = (level: string, text: string) =>
    draft.type === 'absence'
      ? read.span(`${path}.${level}`, text)
      : read.number(`${path}.${level}`, text) / scale;
  return Object.fromEntries(given.map(([level, text]) => [level, value(level, text)]));
}

/** The fields that only rules of the draft's type have. */
function ownFields(read: Readers, draft: RuleDraft) {
  const { type } = draft;
  if (type === 'rate_of_change')
    return { compareSeconds: read.span('compareSeconds', draft.compare), change: draft.change };
  if (type === 'ratio') return { ratio: draft.ratio };
  if (type === 'anomaly') return { weeks: read.number('weeks', draft.weeks), direction: draft.direction };
  if (type === 'burn_rate')
    return {
      budget: read.number('budget', draft.budget) / 100,
      shortWindowSeconds: read.span('shortWindowSeconds', draft.shortWindow),
    };
  return {};
}

function sourceOf(draft: RuleDraft): RuleDefinition['source'] {
  const { type, metric, measure, of, model, agentIds, matchers } = draft;
  const isOfSpans = metric === 'operations';
  return {
    metric: type === 'ratio' || type === 'burn_rate' ? 'operations' : metric,
    measure: measure as RuleDefinition['source']['measure'],
    ...(isOfSpans && of !== '' && { of }),
    ...(isOfSpans && model.trim() !== '' && { model: model.trim() }),
    agentIds,
    matchers: matchers.filter(({ value, operator }) => value !== '' || operator !== '='),
  };
}

/** What the fields say, as a definition. What can't be read as a number or a time is an issue at its field. */
export function readDraft(draft: RuleDraft): DraftReading {
  const issues: FieldIssue[] = [];
  const read = readers(issues);
  const definition = {
    type: draft.type,
    source: sourceOf(draft),
    groupBy: draft.type === 'absence' ? 'agent' : draft.groupBy,
    windowSeconds: read.span('windowSeconds', draft.window),
    intervalSeconds: read.span('intervalSeconds', draft.interval),
    offsetSeconds: read.span('offsetSeconds', draft.offset),
    minimumCount: read.number('minimumCount', draft.minimumCount),
    operator: draft.operator,
    levels: levelsOf(read, draft, 'levels'),
    forSeconds: read.span('forSeconds', draft.for),
    keepFiringForSeconds: read.span('keepFiringForSeconds', draft.keepFiringFor),
    recovery: levelsOf(read, draft, 'recovery'),
    noData: draft.noData,
    onError: draft.onError,
    missedEvaluations: read.number('missedEvaluations', draft.missedEvaluations),
    instanceLimit: read.number('instanceLimit', draft.instanceLimit),
    severities: { warning: draft.severityWarning, critical: draft.severityCritical },
    labels: texts('labels', draft.labels, issues),
    annotations: texts('annotations', draft.annotations, issues),
    runbookUrl: draft.runbookUrl.trim(),
    title: draft.title,
    message: draft.message,
    ...ownFields(read, draft),
  };
  if (draft.name.trim() === '') issues.push({ path: 'name', message: 'Give the rule a name.' });
  if (draft.agentTyped.trim() !== '')
    issues.push({ path: 'agentTyped', message: 'Press Enter to add this agent, or clear the field.' });
  return { definition: definition as RuleDefinition, issues };
}
