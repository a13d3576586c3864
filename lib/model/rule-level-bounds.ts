import type { Measured } from './rule-value-unit.ts';

/** Which levels of a rule are sense: one beyond them would fire for ever, or never. */

type Level = 'warning' | 'critical';
type Levels = Partial<Record<Level, number | undefined>>;

const ofMeasure = ({ source: { metric, measure } }: Measured): 'any' | 'share' | 'amount' => {
  if (metric !== 'operations') return 'any';
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

/** Why a rule can't have such levels, by their path. */
export function levelsOutOfBounds(
  rule: Measured & { levels: Levels; recovery: Levels },
): { path: [string, Level]; message: string }[] {
  const kind = kindOf(rule);
  const wordsFor = (place: 'levels' | 'recovery', value: number): string | null => {
    if (kind === 'share' && (value < 0 || value > 1))
      return `Must be between 0% and 100%, not ${percent(value)}.`;
    // Of a distance even 0 is reached always; what it comes back to may be 0.
    if (kind === 'distance' && place === 'levels' && value <= 0) return 'Must be more than 0.';
    return kind !== 'any' && value < 0 ? 'Must not be negative.' : null;
  };
  return (['levels', 'recovery'] as const).flatMap((place) =>
    (['warning', 'critical'] as const).flatMap((level) => {
      const value = rule[place][level];
      const message = value === undefined ? null : wordsFor(place, value);
      return message === null ? [] : [{ path: [place, level] as [string, Level], message }];
    }),
  );
}
