'use client';

import { SelectField, TextField } from '#components/ui/field.tsx';
import { SEVERITIES, type Severity } from '#lib/model/alert.ts';
import { RULE_OPERATORS } from '#lib/model/alert-rule.ts';
import { levelUnit } from '#lib/model/rule-value-unit.ts';
import type { RuleDraft } from './draft.ts';
import { EditorSection } from './editor-section.tsx';
import type { DraftState } from './use-draft.ts';

const OPERATOR_WORDS = { '>': 'over', '>=': 'at least', '<': 'under', '<=': 'at most' } as const;
/** Kinds that judge a distance from what is good: only its size counts. */
const DISTANCES: readonly string[] = ['absence', 'anomaly', 'burn_rate'];

/** Thresholds of both levels, and where the value must be again before it recovers. */
export function WhenSection({ state }: { state: DraftState }) {
  const { draft, set, errors } = state;
  const unit = levelUnit({ ...draft, source: draft });
  const [suffix, hint] = [
    unit.suffix === '' ? '' : `, ${unit.suffix}`,
    draft.type === 'absence' ? 'For example 5m.' : undefined,
  ];
  const none = errors.get('levels');
  return (
    <EditorSection
      title="When it is too much"
      hint="One level is enough; with both, critical is the worse one."
    >
      <Comparison state={state} />
      {(['warning', 'critical'] as const).map((level) => (
        <div
          key={level}
          className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] items-start gap-2 sm:col-span-2 sm:grid-cols-3"
        >
          <TextField
            label={`${level === 'warning' ? 'Warning' : 'Critical'} at${suffix}`}
            inputMode={draft.type === 'absence' ? 'text' : 'decimal'}
            value={draft[level]}
            optional
            hint={hint}
            error={errors.get(`levels.${level}`) ?? (level === 'critical' ? none : undefined)}
            onChange={(event) => set({ [level]: event.target.value })}
          />
          <TextField
            label={`Recovers at${suffix}`}
            inputMode="decimal"
            optional
            value={draft[recoveryOf(level)]}
            disabled={draft[level].trim() === ''}
            error={errors.get(`recovery.${level}`)}
            onChange={(event) => set({ [recoveryOf(level)]: event.target.value })}
          />
          <SelectField
            label="Raises an alert that is"
            value={draft[severityOf(level)]}
            disabled={draft[level].trim() === ''}
            onChange={(event) => set({ [severityOf(level)]: event.target.value as Severity })}
          >
            {SEVERITIES.map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
          </SelectField>
        </div>
      ))}
    </EditorSection>
  );
}

const recoveryOf = (level: 'warning' | 'critical') =>
  level === 'warning' ? ('recoveryWarning' as const) : ('recoveryCritical' as const);
const severityOf = (level: 'warning' | 'critical') =>
  level === 'warning' ? ('severityWarning' as const) : ('severityCritical' as const);

function Comparison({ state: { draft, set, errors } }: { state: DraftState }) {
  return (
    <>
      {!DISTANCES.includes(draft.type) && (
        <SelectField
          label="The value is"
          value={draft.operator}
          onChange={(event) => set({ operator: event.target.value as RuleDraft['operator'] })}
        >
          {RULE_OPERATORS.map((operator) => (
            <option key={operator} value={operator}>
              {OPERATOR_WORDS[operator]} ({operator})
            </option>
          ))}
        </SelectField>
      )}
      {draft.type === 'rate_of_change' && (
        <>
          <SelectField
            label="Change as"
            value={draft.change}
            onChange={(event) => set({ change: event.target.value as RuleDraft['change'] })}
          >
            <option value="percent">percent</option>
            <option value="absolute">difference</option>
          </SelectField>
          <TextField
            label="Compared with, before"
            value={draft.compare}
            error={errors.get('compareSeconds')}
            hint="How long before the window the other one ended."
            onChange={(event) => set({ compare: event.target.value })}
          />
        </>
      )}
      {draft.type === 'anomaly' && (
        <>
          <SelectField
            label="Unusual when it is"
            value={draft.direction}
            onChange={(event) => set({ direction: event.target.value as RuleDraft['direction'] })}
          >
            <option value="both">higher or lower</option>
            <option value="above">higher</option>
            <option value="below">lower</option>
          </SelectField>
          <TextField
            label="Weeks that say what is usual"
            inputMode="numeric"
            value={draft.weeks}
            error={errors.get('weeks')}
            hint="3 to 8; with fewer weeks of data the rule is learning and does not fire."
            onChange={(event) => set({ weeks: event.target.value })}
          />
        </>
      )}
    </>
  );
}
