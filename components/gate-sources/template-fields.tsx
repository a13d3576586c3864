'use client';

import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField, TextArea, TextField } from '#components/ui/field.tsx';
import type { TemplateDraft } from './source-draft.ts';
import { type TestQuestion, TryOutcome, useTry } from './test-question.tsx';

const OPERATORS = ['<', '<=', '>', '>='] as const;

/** One question with what passes, and a try of it. */
export function TemplateFields(props: {
  place: number;
  template: TemplateDraft;
  errors: ReadonlyMap<string, string>;
  ask: () => ReturnType<TestQuestion>;
  /** Null: it is taken away. */
  onChange: (template: TemplateDraft | null) => void;
}) {
  const { place, template, errors, ask, onChange } = props;
  const { asked, pending, go } = useTry(ask);
  const set = (part: Partial<TemplateDraft>) => onChange({ ...template, ...part });
  const title = template.name === '' ? `Question ${place}` : template.name;
  return (
    <Card label={`Question ${place}`}>
      <CardHeader title={title}>
        <Button size="sm" pending={pending} onClick={go}>
          Try it
        </Button>
        <Button size="sm" variant="danger" onClick={() => onChange(null)}>
          Remove
        </Button>
      </CardHeader>
      <div className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <TextArea
          label="Question"
          rows={3}
          spellCheck={false}
          maxLength={4000}
          value={template.query}
          hint="PromQL. Labels like {{agent}} and {{version}} stand in quotes; {{window}} is how long the version has run."
          error={errors.get('query')}
          onChange={({ target }) => set({ query: target.value })}
        />
        <div className="grid gap-4 sm:grid-cols-4">
          <TextField
            label="Name"
            value={template.name}
            maxLength={63}
            placeholder="errors"
            error={errors.get('name')}
            onChange={({ target }) => set({ name: target.value })}
          />
          <SelectField
            label="Passes when it is"
            value={template.operator}
            onChange={({ target }) => set({ operator: target.value as TemplateDraft['operator'] })}
          >
            {OPERATORS.map((operator) => (
              <option key={operator} value={operator}>
                {operator}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Bound"
            inputMode="decimal"
            value={template.value}
            error={errors.get('passes.value')}
            onChange={({ target }) => set({ value: target.value })}
          />
          <TextField
            label="Step, seconds"
            optional
            inputMode="numeric"
            value={template.stepSeconds}
            hint="Then every point of the window has to pass."
            error={errors.get('stepSeconds')}
            onChange={({ target }) => set({ stepSeconds: target.value })}
          />
        </div>
        <TryOutcome asked={asked} passes={`${template.operator} ${template.value}`} />
      </div>
    </Card>
  );
}
