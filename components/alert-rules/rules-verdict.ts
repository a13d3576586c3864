import type { RuleRow } from '#lib/model/alert-rule-view.ts';
import { formatPlural } from '#lib/model/format.ts';

/** What there is to say of all rules together: trouble first. */
export function rulesVerdict(rules: readonly RuleRow[]): string {
  if (rules.length === 0) return 'There are no rules yet: nothing is watched.';
  const on = rules.filter(({ enabled }) => enabled);
  const firing = on.filter((rule) => rule.firing > 0).length;
  const recovering = on.filter((rule) => rule.firing === 0 && rule.recovering > 0).length;
  const broken = on.filter(({ health }) => health === 'error').length;
  const parts = [
    firing > 0 ? `${formatPlural(firing, 'rule fires', 'rules fire')}` : 'Nothing fires',
    ...(recovering > 0 ? [`${formatPlural(recovering, 'rule')} back to normal with alerts kept open`] : []),
    ...(broken > 0 ? [`${formatPlural(broken, 'rule')} cannot be evaluated`] : []),
    `${formatPlural(on.length, 'rule')} on${on.length < rules.length ? `, ${rules.length - on.length} off` : ''}`,
  ];
  return `${parts.join(', ')}.`;
}

export type RuleState = 'firing' | 'recovering' | 'pending' | 'error' | 'learning' | 'off' | 'quiet';

/** The one state that a person has to know first. */
export function stateOf(rule: RuleRow): RuleState {
  if (!rule.enabled) return 'off';
  if (rule.health === 'error') return 'error';
  if (rule.firing > 0) return 'firing';
  if (rule.pending > 0) return 'pending';
  if (rule.recovering > 0) return 'recovering';
  return rule.health === 'learning' ? 'learning' : 'quiet';
}

/** Health in words. */
export function healthWords(rule: RuleRow): string {
  if (!rule.enabled) return 'Off: it is not evaluated.';
  if (rule.health === 'error') return `Cannot be evaluated: ${rule.healthReason}`;
  if (rule.health === 'learning') return `Still learning: ${rule.healthReason}`;
  if (rule.health === 'unknown') return 'Waits for its first evaluation.';
  return rule.missedSlots > 0
    ? `Well; ${formatPlural(rule.missedSlots, 'evaluation')} missed so far.`
    : 'Well';
}
