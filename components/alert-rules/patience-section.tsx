'use client';

import { SelectField, TextField } from '#components/ui/field.tsx';
import { ERROR_POLICIES, NO_DATA_POLICIES } from '#lib/model/alert-rule.ts';
import type { RuleDraft } from './draft.ts';
import { EditorSection, MoreFields } from './editor-section.tsx';
import type { DraftState } from './use-draft.ts';
import { ERROR_WORDS, NO_DATA_WORDS } from './words.ts';

type TextName = {
  [K in keyof RuleDraft]: RuleDraft[K] extends string ? (string extends RuleDraft[K] ? K : never) : never;
}[keyof RuleDraft];

interface FieldSpec {
  name: TextName;
  path: string;
  label: string;
  hint: string;
}

const FOR: FieldSpec = {
  name: 'for',
  path: 'forSeconds',
  label: 'Fires after',
  hint: 'The breach must last this long; 0s fires at once.',
};
const KEEP: FieldSpec = {
  name: 'keepFiringFor',
  path: 'keepFiringForSeconds',
  label: 'Keeps firing for',
  hint: 'After it is well again; calms a value that comes and goes.',
};
const WINDOW: FieldSpec = {
  name: 'window',
  path: 'windowSeconds',
  label: 'Measured over',
  hint: 'How much time one value is made of.',
};
const SHORT: FieldSpec = {
  name: 'shortWindow',
  path: 'shortWindowSeconds',
  label: 'and over the last',
  hint: 'The short window says that it still goes on.',
};
const MORE: readonly FieldSpec[] = [
  {
    name: 'interval',
    path: 'intervalSeconds',
    label: 'Looks every',
    hint: 'A threshold that fires after 0s is also looked at when values arrive.',
  },
  {
    name: 'offset',
    path: 'offsetSeconds',
    label: 'Looks at data until, before now',
    hint: 'Time for data on its way, so that late data is not taken for none.',
  },
  {
    name: 'minimumCount',
    path: 'minimumCount',
    label: 'Least observations',
    hint: 'Fewer in the window are no data: one failed run of one is no 100%.',
  },
  {
    name: 'missedEvaluations',
    path: 'missedEvaluations',
    label: 'Missing series resolve after',
    hint: 'Looks that an agent may miss while others report.',
  },
  {
    name: 'instanceLimit',
    path: 'instanceLimit',
    label: 'Alerts at most',
    hint: 'Over it the rule is unhealthy and says so once; what fires goes on.',
  },
];

/** How patient the rule is, and what it makes of no data and of errors. */
export function PatienceSection({ state }: { state: DraftState }) {
  const { draft, set, errors } = state;
  const field = ({ name, path, label, hint }: FieldSpec) => (
    <TextField
      key={name}
      {...{ label, hint }}
      value={draft[name]}
      error={errors.get(path)}
      spellCheck={false}
      autoCapitalize="off"
      onChange={(event) => set({ [name]: event.target.value })}
    />
  );
  return (
    <EditorSection title="How patient it is">
      {field(FOR)}
      {field(KEEP)}
      {draft.type !== 'absence' && field(WINDOW)}
      {draft.type === 'burn_rate' && field(SHORT)}
      <SelectField
        label="No data"
        value={draft.noData}
        onChange={(event) => set({ noData: event.target.value as RuleDraft['noData'] })}
      >
        {NO_DATA_POLICIES.map((policy) => (
          <option key={policy} value={policy}>
            {NO_DATA_WORDS[policy]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="When the data cannot be asked"
        value={draft.onError}
        onChange={(event) => set({ onError: event.target.value as RuleDraft['onError'] })}
      >
        {ERROR_POLICIES.map((policy) => (
          <option key={policy} value={policy}>
            {ERROR_WORDS[policy]}
          </option>
        ))}
      </SelectField>
      <MoreFields label="More" open={MORE.some(({ path }) => errors.has(path))}>
        {MORE.map(field)}
      </MoreFields>
    </EditorSection>
  );
}
