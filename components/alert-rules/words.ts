import type { RuleType } from '#lib/model/alert.ts';
import type { ErrorPolicy, NoDataPolicy, RuleGrouping } from '#lib/model/alert-rule.ts';

/** The words of rules, as people read them. */

export const TYPE_WORDS: Record<RuleType, { label: string; hint: string }> = {
  ratio: { label: 'Ratio', hint: 'A share or a cost of runs: error rate, cost per run, tokens per run.' },
  threshold: { label: 'Threshold', hint: 'A value is over or under a number.' },
  rate_of_change: { label: 'Rate of change', hint: 'A value grows or falls fast against a moment ago.' },
  absence: { label: 'Absence', hint: 'An agent went silent.' },
  anomaly: { label: 'Anomaly', hint: 'A value is far from what is usual at this hour of the week.' },
  burn_rate: {
    label: 'Burn rate',
    hint: 'Failures use up an error budget too fast, over a long and a short window.',
  },
};

const OPERATION_WORDS: Record<string, string> = {
  errors: 'errors per minute',
  error_rate: 'error rate',
  latency_p50: 'median latency',
  latency_p95: 'p95 latency',
  latency_p99: 'p99 latency',
  latency_avg: 'average latency',
  input_tokens: 'input tokens per minute',
  output_tokens: 'output tokens per minute',
  tokens: 'tokens per minute',
  cost: 'cost per minute',
  unpriced_calls: 'calls without a price per minute',
};

const METRIC_WORDS: Record<string, string> = {
  avg: 'average',
  min: 'smallest',
  max: 'largest',
  last: 'last',
  sum: 'sum',
  rate: 'rate per second',
  count: 'number of values',
  p50: 'median',
  p95: 'p95',
  p99: 'p99',
};

/** What spans are called that count. */
export const COUNTED_WORDS: Record<string, string> = { model: 'model calls', tool: 'tool calls' };

function operationWords(measure: string, of: string | undefined): string {
  if (measure === 'requests') return `${COUNTED_WORDS[of ?? ''] ?? 'runs'} per minute`;
  return OPERATION_WORDS[measure] ?? measure;
}

/** A measure beside its metric's name, as a choice. */
export function measureLabel(metric: string, measure: string, of?: string): string {
  const words = metric === 'operations' ? operationWords(measure, of) : (METRIC_WORDS[measure] ?? measure);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Metric and measure within a sentence. */
export function measureWords(metric: string, measure: string, of?: string): string {
  if (metric === 'operations') return `the ${operationWords(measure, of)}`;
  if (measure === 'count') return metric;
  return `the ${METRIC_WORDS[measure] ?? measure} of ${metric}`;
}

export const GROUPING_WORDS: Record<RuleGrouping, string> = {
  agent: 'Each agent on its own',
  type: 'Each type of agents',
  environment: 'Each environment',
  namespace: 'Each namespace',
  version: 'Each version',
  team: 'All agents together',
};

export const NO_DATA_WORDS: Record<NoDataPolicy, string> = {
  normal: 'Is normal',
  alert: 'Raises an alert of its own',
  alerting: 'Counts as a breach',
  'keep-last': 'Changes nothing',
  zero: 'Counts as zero',
};

export const ERROR_WORDS: Record<ErrorPolicy, string> = {
  alert: 'Raises an alert of its own',
  alerting: 'Counts as a breach',
  normal: 'Is normal',
  'keep-last': 'Changes nothing',
};
