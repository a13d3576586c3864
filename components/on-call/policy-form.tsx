'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { EscalationStep, EscalationTarget } from '#lib/model/on-call.ts';
import { paths } from '#lib/model/paths.ts';
import { OrderList } from './order-list.tsx';
import { placed } from './placed.ts';
import { WindowFields } from './window-fields.tsx';

export interface PolicyValues {
  name: string;
  steps: EscalationStep[];
  repeat: number;
}
export type TargetChoice = EscalationTarget & { label: string; warning?: string | null };

const REPEATS = [0, ...Array.from({ length: 20 }, (_, i) => i + 1), -1];

function repeatWords(repeat: number): string {
  if (repeat === 0) return 'Stop';
  if (repeat === -1) return 'Repeat until somebody answers';
  return repeat === 1 ? 'Repeat all steps once' : `Repeat all steps ${repeat} times`;
}

const EMPTY_STEP: EscalationStep = { targets: [], delayMinutes: 5, hours: null };

function StepFields(props: {
  step: EscalationStep;
  place: number;
  targets: readonly TargetChoice[];
  timeZone: string;
  onChange: (step: EscalationStep) => void;
  onRemove: () => void;
}) {
  const { step, place, targets, timeZone, onChange, onRemove } = props;
  const kinds = new Map([...targets, ...step.targets].map(({ id, kind }) => [id, kind]));
  return (
    <Card label={`Step ${place}`}>
      <CardHeader title={`Step ${place}`}>
        <Button size="sm" variant="danger" onClick={onRemove}>
          Remove step
        </Button>
      </CardHeader>
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">
        <OrderList
          label="Tell"
          add="Add a person, schedule or channel"
          ids={step.targets.map(({ id }) => id)}
          choices={targets}
          onChange={(ids) =>
            onChange({ ...step, targets: ids.map((id) => ({ id, kind: kinds.get(id) ?? 'user' })) })
          }
        />
        <TextField
          label="Minutes until the next step"
          type="number"
          min={1}
          max={1440}
          required
          value={step.delayMinutes}
          onChange={({ target }) => onChange({ ...step, delayMinutes: Number(target.value) })}
        />
        <WindowFields
          label={`Only in these hours (${step.hours?.timeZone ?? timeZone})`}
          none="At any hour."
          windows={step.hours?.windows ?? []}
          onChange={(windows) =>
            onChange({
              ...step,
              hours: windows.length === 0 ? null : { timeZone: step.hours?.timeZone ?? timeZone, windows },
            })
          }
        />
      </div>
    </Card>
  );
}

/** Makes or changes an escalation policy. Running escalations go on by what is saved. */
export function PolicyForm(props: {
  values: PolicyValues;
  targets: readonly TargetChoice[];
  save: BoundAction<PolicyValues, { id: string }>;
}) {
  const router = useRouter();
  const [values, setValues] = useState(props.values);
  const { save, pending, failure } = useSave(props.save, () => router.push(paths.policies()));
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { steps } = values;
  const setSteps = (changed: EscalationStep[]) => setValues({ ...values, steps: changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(values);
  };
  return (
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-3">
      <Card label="Policy">
        <div className="grid gap-4 p-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={80}
            value={values.name}
            onChange={({ target }) => setValues({ ...values, name: target.value })}
          />
          <SelectField
            label="After the last step"
            value={values.repeat}
            onChange={({ target }) => setValues({ ...values, repeat: Number(target.value) })}
          >
            {REPEATS.map((repeat) => (
              <option key={repeat} value={repeat}>
                {repeatWords(repeat)}
              </option>
            ))}
          </SelectField>
        </div>
      </Card>
      {placed(steps).map(({ place: at, value: step }) => (
        <StepFields
          key={at}
          place={at + 1}
          step={step}
          targets={props.targets}
          timeZone={timeZone}
          onChange={(changed) => setSteps(steps.map((one, i) => (i === at ? changed : one)))}
          onRemove={() => setSteps(steps.filter((_one, i) => i !== at))}
        />
      ))}
      <div>
        <Button onClick={() => setSteps([...steps, EMPTY_STEP])}>Add step</Button>
      </div>
      <SaveFailure failure={failure} />
      <FormActions cancel={paths.policies()} save="Save policy" pending={pending} />
    </form>
  );
}
