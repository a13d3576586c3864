import { operatorOf, type RuleOperator } from './alert-rule.ts';
import type { Measured } from './rule-value-unit.ts';

/** Which levels of a rule are sense: one beyond them would fire for ever, or never. */

type Level = 'warning' | 'critical';
type Levels = Partial<Record<Level, number | undefined>>;
interface Bounded extends Measured {
  operator: RuleOperator;
  levels: Levels;
  recovery: Levels;
}
interface Issue {
  path: [string, Level];
  message: string;
}

const LEVELS: readonly Level[] = ['warning', 'critical'];

const ofMeasure = ({ source: { metric, measure } }: Measured): 'any' | 'share' | 'amount' => {
  if (metric !== 'operations') return measure === 'count' ? 'amount' : 'any';
  return measure === 'error_rate' ? 'share' : 'amount';
};

/** What the levels of a rule are: shares of a whole, amounts of something, distances from what is good, or anything. */
function kindOf(measured: Measured): 'any' | 'share' | 'amount' | 'distance' {
  const { type, ratio } = measured;
  if (type === 'ratio') return ratio === 'error_rate' ? 'share' : 'amount';
  if (type === 'threshold') return ofMeasure(measured);
  return type === 'rate_of_change' ? 'any' : 'distance';
}

const percent = (share: number) => `${Number((share * 100).toPrecision(4))}%`;

/** The least and the most that a value can be; infinite where there is no such bound. */
function rangeOf(measured: Measured): { least: number; most: number } {
  const kind = kindOf(measured);
  // What cannot be negative loses all of itself at most.
  const isShrinking = measured.type === 'rate_of_change' && measured.change !== 'absolute';
  if (isShrinking && ofMeasure(measured) !== 'any') return { least: -100, most: Number.POSITIVE_INFINITY };
  const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (kind === 'any') return { least, most };
  return { least: 0, most: kind === 'share' ? 1 : most };
}

/** Why a value that must be under (or, for `<`, over) this to recover never is; null where it can be. */
function neverReached(rule: Bounded, back: number): string | null {
  const { least, most } = rangeOf(rule);
  const say = (bound: number) =>
    kindOf(rule) === 'share' ? percent(bound) : rule.type === 'rate_of_change' ? `${bound}%` : String(bound);
  if (operatorOf(rule).startsWith('>'))
    return back <= least
      ? `It would never recover: no value is ever under ${say(least)}. Give more, or leave it empty.`
      : null;
  return back >= most
    ? `It would never recover: no value is ever over ${say(most)}. Give less, or leave it empty.`
    : null;
}

function wordsFor(rule: Bounded, place: 'levels' | 'recovery', value: number): string | null {
  const kind = kindOf(rule);
  if (kind === 'share' && (value < 0 || value > 1))
    return `Must be between 0% and 100%, not ${percent(value)}.`;
  // Of a distance even 0 is reached always.
  if (kind === 'distance' && place === 'levels' && value <= 0) return 'Must be more than 0.';
  if (kind !== 'any' && value < 0) return 'Must not be negative.';
  return place === 'recovery' ? neverReached(rule, value) : null;
}

/** Why a rule can't have such levels, by their path. */
export function levelsOutOfBounds(rule: Bounded): Issue[] {
  return (['levels', 'recovery'] as const).flatMap((place) =>
    LEVELS.flatMap((level) => {
      const value = rule[place][level];
      const message = value === undefined ? null : wordsFor(rule, place, value);
      return message === null ? [] : [{ path: [place, level] satisfies Issue['path'], message }];
    }),
  );
}

/** Above is better for `<`: which of two thresholds is the worse one depends on the operator. */
const isWorse = (operator: RuleOperator, a: number, b: number) => (operator.startsWith('>') ? a > b : a < b);

/** Levels that do not follow each other as the operator says: warning, then critical; recovery before each. */
export function levelsOutOfOrder(
  rule: Pick<Bounded, 'levels' | 'recovery'>,
  operator: RuleOperator,
): Issue[] {
  const { warning, critical } = rule.levels;
  const isTurned = warning !== undefined && critical !== undefined && isWorse(operator, warning, critical);
  const turned: Issue[] = isTurned
    ? [{ path: ['levels', 'critical'], message: 'Critical must be reached after warning.' }]
    : [];
  const onTheBadSide = LEVELS.filter((level) => {
    const [back, threshold] = [rule.recovery[level], rule.levels[level]];
    return back !== undefined && threshold !== undefined && isWorse(operator, back, threshold);
  });
  const message = 'Recovery must lie on the good side of the threshold.';
  return [...turned, ...onTheBadSide.map((level): Issue => ({ path: ['recovery', level], message }))];
}
