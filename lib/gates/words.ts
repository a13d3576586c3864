import { formatCount, formatDuration, formatMoney, formatPercent, formatPlural } from '#lib/model/format.ts';
import { type GateMetric, type GateSamples, isRate, type VersionSample } from '#lib/model/gate.ts';
import type { Missing, Reading, Shown } from './readings.ts';

/** What a sentence on one metric is made of. */
export interface Told {
  metric: GateMetric;
  margin: number;
  reading: Reading;
  samples: GateSamples;
  confidence: number;
}

const NAMES: Record<GateMetric, string> = {
  error_rate: 'The error rate',
  tool_failure_rate: 'The failure rate of tools',
  p95_latency: 'The p95 latency',
  cost: 'The cost a run',
  tokens: 'Tokens a run',
};

const percentOf = (confidence: number): string => formatPercent(Math.floor(confidence * 1e4) / 1e4);

/** `20% of 120 runs failed`, `4.2 s were the p95 of 120 runs`. */
function observed(metric: GateMetric, { runs, value }: Shown): string {
  const over = formatPlural(runs, 'run');
  switch (metric) {
    case 'error_rate':
      return `${formatPercent(value)} of ${over} failed`;
    case 'tool_failure_rate':
      return `${formatPercent(value)} of the tool calls in ${over} failed`;
    case 'p95_latency':
      return `${formatDuration(value)} is the p95 of ${over}`;
    case 'cost':
      return `${formatMoney(value)} is the mean cost of ${over}`;
    case 'tokens':
      return `${formatCount(value)} tokens is the mean of ${over}`;
  }
}

function formerly(metric: GateMetric, { runs, value }: Shown, { version }: { version: string }): string {
  const over = formatPlural(runs, 'run');
  const amount =
    metric === 'p95_latency'
      ? formatDuration(value)
      : metric === 'cost'
        ? formatMoney(value)
        : isRate(metric)
          ? formatPercent(value)
          : formatCount(value);
  return `${amount} of ${over} with ${version}`;
}

/** A change as it is said: points of a rate, percent of the others. */
function changeWords(metric: GateMetric, change: number): string {
  if (change === Number.POSITIVE_INFINITY) return 'any amount';
  const points = change * 100;
  const size = Math.abs(points);
  const digits = size < 10 ? size.toFixed(1).replace(/\.0$/, '') : String(Math.round(size));
  const sign = digits === '0' ? '' : points < 0 ? '−' : '+';
  return isRate(metric) ? `${sign}${digits} points` : `${sign}${digits}%`;
}

function both({ metric, reading, samples }: Told): string {
  const { candidate, baseline, limits } = reading;
  const before = formerly(metric, baseline, samples.baseline);
  const change = limits.estimate === null ? '' : `: ${changeWords(metric, limits.estimate)}`;
  return `${observed(metric, candidate)}, ${before}${change}`;
}

const allowed = ({ metric, margin }: Told): string => changeWords(metric, margin);

/** `20% of 120 runs failed, 1% of 940 runs with 1.4.0: +19 points, at least +12 points with 99% confidence.` */
export function shownWorse(told: Told): string {
  const least = changeWords(told.metric, told.reading.limits.low);
  return `${both(told)}, at least ${least} with ${percentOf(told.confidence)} confidence; ${allowed(told)} is allowed.`;
}

export function shownFine(told: Told): string {
  const most = changeWords(told.metric, told.reading.limits.high);
  return `${both(told)}, at most ${most} with ${percentOf(told.confidence)} confidence; ${allowed(told)} is allowed.`;
}

export function leftOpen(told: Told): string {
  const { low, high } = told.reading.limits;
  const range = `between ${changeWords(told.metric, low)} and ${changeWords(told.metric, high)}`;
  return `${both(told)}, ${range} with ${percentOf(told.confidence)} confidence: not shown to be worse than the ${allowed(told)} that is allowed, nor to be within it.`;
}

export function notEnough({ metric, reading, samples }: Told): string {
  const { candidate, baseline, leastRuns } = reading;
  const [count, { version }] =
    candidate.runs <= baseline.runs ? [candidate.runs, samples.candidate] : [baseline.runs, samples.baseline];
  return `${NAMES[metric]} needs ${formatPlural(leastRuns, 'run')} of either version; there are ${formatCount(count)} of ${version} so far.`;
}

export function tooFewRuns({ version, total }: VersionSample, least: number): string {
  return `That counts from ${formatPlural(least, 'run')} of ${version} on; there are ${formatCount(total)} so far.`;
}

const NOTHING: Record<GateMetric, string> = {
  error_rate: 'had no runs',
  tool_failure_rate: 'called no tools',
  p95_latency: 'took no time',
  cost: 'cost nothing, so there is no telling how many times as much another costs',
  tokens: 'used no tokens, so there is no telling how many times as many another uses',
};

const UNKNOWN: Record<GateMetric, string> = {
  ...NOTHING,
  cost: 'no price is known',
  tokens: 'no token counts are known',
};

export function noData(metric: GateMetric, { of, what, unknown }: Missing, samples: GateSamples): string {
  const { version } = samples[of];
  if (what === 'runs') return `${NAMES[metric]} has no data: no run of ${version} in its time.`;
  if (what === 'unknown') {
    return `${NAMES[metric]} has no data: for ${formatPercent(unknown)} of the runs of ${version} ${UNKNOWN[metric]}.`;
  }
  return `${NAMES[metric]} has no data: ${version} ${NOTHING[metric]}.`;
}

export function tookAllLooks(looks: number): string {
  return `This gate was planned for ${formatPlural(looks, 'look')}, and all of them were taken: one more would make false alarms likelier than was said.`;
}
