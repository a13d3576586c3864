import type { Labels } from '#lib/model/alert.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { AGENT_LABELS, operatorOf } from '#lib/model/alert-rule.ts';
import { formatDuration } from '#lib/model/format.ts';
import { levelUnit, OPERATOR_WORDS, type ValueUnit, valueUnit } from '#lib/model/rule-value-unit.ts';
import type { Level, Rule, RuleInstance } from './instance.ts';
import { fillTemplate } from './template.ts';
import { compares } from './verdict.ts';

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

/** A value beside its threshold in the unit of the rule; a breach too small for the digits is said to be one. */
function comparison({ definition }: Rule, threshold: number, judged: number): string {
  const { say } = levelUnit(definition);
  const operator = operatorOf(definition);
  const isClose = judged !== threshold && say(judged) === say(threshold) && !operator.endsWith('=');
  return `${say(judged)} is ${isClose ? 'just ' : ''}${OPERATOR_WORDS[operator]} ${say(threshold)}`;
}

const silence = (seconds: number): string => formatDuration(Math.round(seconds) * 1000);

/** A value that reached a level, and the threshold that it is beyond, or was when it last was. */
interface Breach {
  value: number | null;
  judged: number;
  threshold: number;
}

/** Why a value is too much, in words. */
export function breachReason(rule: Rule, level: Level, { value, judged, threshold }: Breach): string {
  const { definition } = rule;
  const { type, levels, recovery } = definition;
  const back = recovery[level];
  const operator = operatorOf(definition);
  // Not beyond its threshold any more, and not behind the one that ends it either (alerting S11).
  const isHeld = back !== undefined && !compares(judged, operator, levels[level] ?? 0);
  const { say } = levelUnit(definition);
  const ends = (said: (level: number) => string) =>
    isHeld ? `; recovers ${operator.startsWith('>') ? 'under' : 'over'} ${said(back)}` : '';
  const from = `${isHeld ? 'was ' : ''}${level} from ${threshold} on${ends(rounded)}`;
  const shown =
    value === null || value === judged ? rounded(judged) : `${rounded(value)} (${rounded(judged)})`;
  if (type === 'absence')
    return isHeld
      ? `silent for ${silence(judged)}, was over ${silence(threshold)}${ends(silence)}`
      : `silent for ${silence(judged)}, at most ${silence(threshold)} allowed`;
  if (type === 'anomaly') return `${shown} deviations from what is usual at this hour, ${from}`;
  if (type === 'burn_rate') return `burns its error budget ${rounded(judged)} times too fast, ${from}`;
  if (isHeld) return `${say(judged)}, was ${OPERATOR_WORDS[operator]} ${say(threshold)}${ends(say)}`;
  return comparison(rule, threshold, judged);
}

/** Why an alert that is back to normal is still open (alerting S5). */
export function keptOpenReason({ definition }: Rule, reason: string): string {
  return `${reason}, kept open for ${formatDuration(definition.keepFiringForSeconds * 1000)} in case it comes back`;
}

function subjectOf(labels: Labels): string {
  const name = labels.agent ?? labels.type ?? labels.namespace ?? labels.version ?? labels.environment;
  return name === undefined ? '' : `: ${name}`;
}

/** A text of the rule filled in; the plain form where it has none or can't be filled in (reliability F36). */
function filled(template: string, values: Record<string, string>, plain: string): string {
  if (template === '') return plain;
  try {
    return fillTemplate(template, values);
  } catch {
    return plain;
  }
}

/** What is told of an instance: that it fires, or when `endedAtMs` is given that it does no more. */
export function findingOf(
  rule: Rule,
  instance: RuleInstance,
  reason: string,
  endedAtMs: number | null,
): Finding {
  const { definition, name } = rule;
  const { labels, severity, value } = instance;
  const { type, levels, severities } = definition;
  const level: Level = severity === severities.critical ? 'critical' : 'warning';
  const threshold = instance.threshold ?? levels[level];
  const said = ({ say }: ValueUnit, number: number) => (type === 'absence' ? silence : say)(number);
  const values = {
    ...Object.fromEntries(AGENT_LABELS.map((label) => [label, ''])),
    ...labels,
    rule: name,
    value: value === null ? '' : said(valueUnit(definition), value),
    threshold: threshold === undefined ? '' : said(levelUnit(definition), threshold),
    severity,
    reason,
  };
  const annotations = Object.entries(definition.annotations).map(
    ([key, text]) => [key, filled(text, values, text)] as const,
  );
  const startsAtMs = instance.firedAtMs ?? instance.activeAtMs;
  const plain = instance.kind === 'data' ? name : `${labels.alertname ?? name} (${name})`;
  return {
    source: 'rule',
    sourceId: rule.id,
    labels,
    fingerprint: instance.fingerprint,
    annotations: Object.fromEntries(annotations),
    agentId: instance.agentId,
    severity,
    title: filled(definition.title, values, plain + subjectOf(labels)),
    message: filled(definition.message, values, reason),
    value,
    generatorUrl: null,
    runbookUrl: definition.runbookUrl === '' ? null : definition.runbookUrl,
    firing: endedAtMs === null,
    startsAt: new Date(startsAtMs),
    // A clock that went back must not make it end before it began.
    endsAt: endedAtMs === null ? null : new Date(Math.max(endedAtMs, startsAtMs)),
    endsByTimeout: false,
    reason,
  };
}
