'use client';

import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { LineInput, Select } from '#components/ui/field.tsx';
import { type LabelMatcher, MATCH_OPERATORS, type MatchOperator } from '#lib/model/alert.ts';

const OPERATOR_WORDS: Record<MatchOperator, string> = {
  '=': 'is',
  '!=': 'is not',
  '=~': 'matches',
  '!~': 'does not match',
};

export interface MatcherFieldsProps {
  legend: string;
  hint?: string;
  matchers: readonly LabelMatcher[];
  onChange: (matchers: LabelMatcher[]) => void;
  /** Labels that are known, with the values they have. */
  known: Readonly<Record<string, readonly string[]>>;
  /** Whether only known labels may be named. */
  closed?: boolean;
  /** What is wrong, by place: `0.value`; the empty place is all of them together. */
  errors: ReadonlyMap<string, string>;
}

/** Conditions on labels, all of which must hold. */
export function MatcherFields(props: MatcherFieldsProps) {
  const { legend, hint, matchers, onChange, known, errors } = props;
  const names = Object.keys(known).sort();
  const add = () => onChange([...matchers, { name: names[0] ?? '', operator: '=', value: '' }]);
  const change = (at: number, part: Partial<LabelMatcher>) =>
    onChange(matchers.map((matcher, i) => (i === at ? { ...matcher, ...part } : matcher)));
  const all = errors.get('');
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      {hint !== undefined && <p className="-mt-1.5 text-xs text-muted">{hint}</p>}
      {[...matchers.entries()].map(([i, matcher]) => (
        <MatcherRow
          key={i}
          {...{ matcher, names, closed: props.closed === true, place: i + 1 }}
          values={known[matcher.name] ?? []}
          error={errors.get(`${i}.name`) ?? errors.get(`${i}.value`) ?? null}
          onChange={(part) => change(i, part)}
          onRemove={() => onChange(matchers.filter((_, at) => at !== i))}
        />
      ))}
      <div>
        <Button size="sm" icon={Plus} onClick={add}>
          Add a condition
        </Button>
      </div>
      {all !== undefined && (
        <p role="alert" className="text-xs text-critical-text">
          {all}
        </p>
      )}
    </fieldset>
  );
}

interface RowProps {
  matcher: LabelMatcher;
  place: number;
  names: readonly string[];
  values: readonly string[];
  closed: boolean;
  error: string | null;
  onChange: (part: Partial<LabelMatcher>) => void;
  onRemove: () => void;
}

function MatcherRow({ matcher, place, names, values, closed, error, onChange, onRemove }: RowProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 rounded-md border border-line p-2 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1.4fr)_auto] sm:border-0 sm:p-0">
      {closed ? (
        <Select
          label={`Label ${place}`}
          value={matcher.name}
          onChange={(event) => onChange({ name: event.target.value })}
        >
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      ) : (
        <LineInput
          label={`Label ${place}`}
          value={matcher.name}
          list={`${id}-names`}
          placeholder="label"
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      )}
      <Select
        label={`Comparison ${place}`}
        value={matcher.operator}
        onChange={(event) => onChange({ operator: event.target.value as MatchOperator })}
      >
        {MATCH_OPERATORS.map((operator) => (
          <option key={operator} value={operator}>
            {OPERATOR_WORDS[operator]}
          </option>
        ))}
      </Select>
      <LineInput
        label={`Value ${place}`}
        value={matcher.value}
        list={`${id}-values`}
        invalid={error !== null}
        placeholder={matcher.operator.endsWith('~') ? 'pattern, for example prod-.*' : 'value'}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <Button variant="ghost" icon={X} aria-label={`Remove condition ${place}`} onClick={onRemove} />
      {error !== null && (
        <p role="alert" className="col-span-full text-xs text-critical-text">
          {error}
        </p>
      )}
      <datalist id={`${id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={`${id}-values`}>
        {values.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </div>
  );
}
