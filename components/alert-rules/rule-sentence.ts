import type { RuleGrouping } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { levelUnit, OPERATOR_WORDS } from '#lib/model/rule-value-unit.ts';
import { saySpan } from '#lib/model/span.ts';
import { COUNTED_WORDS, measureWords } from './words.ts';

const WHOSE: Record<RuleGrouping, string> = {
  agent: 'any agent',
  type: 'the agents of any type',
  environment: 'any environment',
  namespace: 'any namespace',
  version: 'any version',
  team: 'all agents together',
};

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** Whom the rule watches: its groups and what its filters leave. */
function whose({ groupBy, source }: RuleDefinition): string {
  const filters = source.matchers.map(({ name, operator, value }) =>
    name === 'environment' && operator === '=' ? `in ${value}` : `with ${name} ${operator} ${value}`,
  );
  if (source.agentIds.length > 0)
    filters.push(`among ${source.agentIds.length} chosen agent${source.agentIds.length === 1 ? '' : 's'}`);
  if (source.model !== undefined) filters.push(`on ${source.model}`);
  return [WHOSE[groupBy], LIST.format(filters)].filter((part) => part !== '').join(' ');
}

/** `over 10% (warning) or 20% (critical)`; with one level its number alone. */
function limits(definition: RuleDefinition, say: (value: number) => string): string {
  const { levels, severities } = definition;
  const given = (['warning', 'critical'] as const).flatMap((level) => {
    const value = levels[level];
    return value === undefined ? [] : [{ word: severities[level], said: say(value) }];
  });
  if (given.length === 1) return given[0]?.said ?? '';
  return given.map(({ word, said }) => `${said} (${word})`).join(' or ');
}

const DIRECTION = { above: 'above', below: 'below', both: 'away from' } as const;

function condition(definition: RuleDefinition): string {
  const { say } = levelUnit(definition);
  const { type, source, operator } = definition;
  const limit = limits(definition, say);
  const who = whose(definition);
  const calls = source.metric === 'operations' ? COUNTED_WORDS[source.of ?? ''] : undefined;
  // A number of calls says what it counts; the share of them that fails, and how long they take, do not.
  const ofCalls = calls === undefined ? '' : ` of the ${calls}`;
  const what =
    measureWords(source.metric, source.measure, source.of) + (source.measure === 'requests' ? '' : ofCalls);
  if (type === 'absence') {
    const signal = source.metric === 'operations' ? (calls ?? 'runs') : source.metric;
    return `${who} sends no ${signal} for ${limit}`;
  }
  if (type === 'ratio')
    return `the ${definition.ratio.replaceAll('_', ' ')}${ofCalls} of ${who} is ${OPERATOR_WORDS[operator]} ${limit}`;
  if (type === 'rate_of_change')
    return `the change of ${what} of ${who} against ${saySpan(definition.compareSeconds)} earlier is ${OPERATOR_WORDS[operator]} ${limit}`;
  if (type === 'anomaly')
    return `${what} of ${who} is at least ${limit} ${DIRECTION[definition.direction]} what is usual at that hour of the week, as the last ${definition.weeks} weeks say`;
  if (type === 'burn_rate')
    return `the ${calls ?? 'runs'} of ${who} burn their error budget of ${Number((definition.budget * 100).toPrecision(4))}% at least ${limit}, over ${saySpan(definition.windowSeconds)} and over ${saySpan(definition.shortWindowSeconds)}`;
  return `${what} of ${who} is ${OPERATOR_WORDS[operator]} ${limit}`;
}

function firstSentence(definition: RuleDefinition): string {
  const { levels, severities, forSeconds, windowSeconds, type } = definition;
  const words = (['warning', 'critical'] as const)
    .filter((level) => levels[level] !== undefined)
    .map((level) => severities[level]);
  const patience =
    forSeconds > 0 ? `${type === 'absence' ? ' and stays so' : ''} for ${saySpan(forSeconds)}` : '';
  const measured =
    type === 'absence' || type === 'burn_rate' ? '' : `, measured over ${saySpan(windowSeconds)}`;
  return `Fires ${words.join(' or ')} when ${condition(definition)}${patience}${measured}.`;
}

const NO_DATA: Record<RuleDefinition['noData'], string> = {
  normal: '',
  alert: 'Without data it raises an alert of its own.',
  alerting: 'No data counts as a breach.',
  'keep-last': 'Without data everything stays as it was.',
  zero: 'No data counts as zero.',
};

function recovers({ recovery, keepFiringForSeconds, ...definition }: RuleDefinition): string[] {
  const { say } = levelUnit(definition as RuleDefinition);
  const side =
    definition.operator.startsWith('<') && !['absence', 'anomaly', 'burn_rate'].includes(definition.type);
  const back = recovery.critical ?? recovery.warning;
  return [
    ...(back === undefined
      ? []
      : [`Once firing, it goes on until the value is ${side ? 'over' : 'under'} ${say(back)}.`]),
    ...(keepFiringForSeconds > 0
      ? [`It fires for ${saySpan(keepFiringForSeconds)} longer than the breach.`]
      : []),
  ];
}

/** Up to when each evaluation looks at data (alerting S21); nothing where a rule asks when somebody was last heard. */
export function offsetWords({ type, source, offsetSeconds }: RuleDefinition): string {
  if (type === 'absence' && source.metric === 'telemetry') return '';
  if (offsetSeconds === 0)
    return 'Each evaluation looks at data up to its own moment, however late some of it is.';
  return `Each evaluation looks at data up to ${saySpan(offsetSeconds)} before it, so that late data is no missing data.`;
}

/** What a rule does, in words that a person on call understands. */
export function ruleSentence(definition: RuleDefinition): string {
  const { warning, critical } = definition.levels;
  if (warning === undefined && critical === undefined)
    return 'Give it a threshold: without one it never fires.';
  const said = definition.type === 'absence' ? '' : NO_DATA[definition.noData];
  return [firstSentence(definition), ...recovers(definition), said].filter((part) => part !== '').join(' ');
}
