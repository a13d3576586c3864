import type { RuleType } from './alert.ts';
import type { RuleOperator } from './alert-rule.ts';
import { formatCount, formatDuration, formatMoney } from './format.ts';
import { saySpan } from './span.ts';

/** What the numbers of a rule are in, for its fields, its sentence and its chart. */
export interface ValueUnit {
  /** Stands behind a field; empty for plain numbers. */
  suffix: string;
  /** A field shows the stored number times this. */
  scale: number;
  /** The stored number in words. */
  say: (value: number) => string;
}

const number = (value: number) =>
  Math.abs(value) < 100 ? String(Number(value.toPrecision(4))) : formatCount(value);
const counted = (suffix: string, words = ` ${suffix}`): ValueUnit => ({
  suffix,
  scale: 1,
  say: (value) => `${number(value)}${words}`,
});

const PERCENT: ValueUnit = {
  suffix: '%',
  scale: 100,
  say: (value) => `${Number((value * 100).toPrecision(4))}%`,
};
const PLAIN: ValueUnit = { suffix: '', scale: 1, say: number };
const MONEY: ValueUnit = { suffix: 'USD', scale: 1, say: formatMoney };
const LATENCY: ValueUnit = { suffix: 'ms', scale: 1, say: formatDuration };

const MEASURE_UNITS: Record<string, ValueUnit> = {
  requests: counted('per minute'),
  errors: counted('per minute'),
  tokens: counted('per minute'),
  input_tokens: counted('per minute'),
  output_tokens: counted('per minute'),
  unpriced_calls: counted('per minute'),
  error_rate: PERCENT,
  latency_p50: LATENCY,
  latency_p95: LATENCY,
  latency_p99: LATENCY,
  latency_avg: LATENCY,
  cost: { suffix: 'USD per minute', scale: 1, say: (value) => `${formatMoney(value)} per minute` },
};

const RATIO_UNITS: Record<string, ValueUnit> = {
  error_rate: PERCENT,
  cost_per_run: MONEY,
  tokens_per_run: counted('tokens'),
};

/** How a value stands to a threshold, in words. */
export const OPERATOR_WORDS: Record<RuleOperator, string> = {
  '>': 'over',
  '>=': 'at least',
  '<': 'under',
  '<=': 'at most',
};

export interface Measured {
  type: RuleType;
  source: { metric: string; measure: string };
  ratio?: string | undefined;
  change?: string | undefined;
}

function measureUnit({ metric, measure }: Measured['source']): ValueUnit {
  return (metric === 'operations' ? MEASURE_UNITS[measure] : undefined) ?? PLAIN;
}

/** The unit of a rule's levels and of what is held against them. */
export function levelUnit({ type, source, ratio, change }: Measured): ValueUnit {
  if (type === 'ratio') return RATIO_UNITS[ratio ?? ''] ?? PLAIN;
  if (type === 'rate_of_change' && change === 'percent') return counted('%', '%');
  if (type === 'absence') return { suffix: '', scale: 1, say: saySpan };
  if (type === 'anomaly') return counted('deviations');
  if (type === 'burn_rate') return counted('times too fast', ' times too fast');
  return measureUnit(source);
}

/** The unit of the values that a chart of the rule shows: they are what was measured, not always what is judged. */
export function valueUnit(measured: Measured): ValueUnit {
  if (measured.type === 'anomaly') return measureUnit(measured.source);
  if (measured.type === 'burn_rate') return PERCENT;
  return levelUnit(measured);
}
