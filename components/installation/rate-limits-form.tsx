'use client';

import type { FormEvent } from 'react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import {
  RATE_LIMIT_BOUNDS,
  RATE_LIMITS,
  type RateLimit,
  type RateLimits,
  type ValuesView,
} from '#lib/model/installation-settings.ts';
import { LIMIT_GROUPS, LIMIT_WORDS } from './rate-limit-words.ts';
import { SaveOutcome } from './save-outcome.tsx';

type Limits = Record<RateLimit, number | null>;
export type SetRateLimits = BoundAction<{ limits: Limits; seen: number }, unknown>;

/** An empty field leaves the limit to the environment. */
function limitsOf(form: FormData): Limits {
  const typed = RATE_LIMITS.map((name) => {
    const text = String(form.get(name) ?? '').trim();
    return [name, text === '' ? null : Number(text)];
  });
  return Object.fromEntries(typed) as Limits;
}

function LimitField(props: {
  name: RateLimit;
  view: ValuesView<RateLimits>;
  error: string | null;
  disabled: boolean;
}) {
  const { name, view, error, disabled } = props;
  const { label, hint } = LIMIT_WORDS[name];
  const { least, most } = RATE_LIMIT_BOUNDS[name];
  const environment = view.environment[name];
  return (
    <TextField
      label={label}
      name={name}
      type="number"
      inputMode="numeric"
      min={least}
      max={most}
      disabled={disabled}
      defaultValue={view.setHere.includes(name) ? view.values[name] : ''}
      placeholder={String(environment)}
      hint={`${hint} Environment: ${environment}.`}
      error={error}
    />
  );
}

/** The budgets of machines and people; an empty field is the environment's. */
export function RateLimitsForm(props: {
  view: ValuesView<RateLimits>;
  save: SetRateLimits;
  disabledReason: string | null;
}) {
  const { view, disabledReason } = props;
  const [saved, setSaved] = useState(false);
  const { save, pending, failure } = useSave(props.save, () => setSaved(true));

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save({ limits: limitsOf(new FormData(event.currentTarget)), seen: view.version });
  }

  const errorOf = (name: RateLimit) =>
    failure?.issues.find(({ path }) => path === `limits.${name}`)?.message ?? null;
  return (
    <form onSubmit={submit} onChange={() => setSaved(false)} className="flex max-w-3xl flex-col gap-4">
      {LIMIT_GROUPS.map(({ title, limits }) => (
        <Card key={title} label={title}>
          <CardHeader title={title} />
          <div className="grid gap-4 px-4 pb-4 sm:grid-cols-2">
            {limits.map((name) => (
              <LimitField
                key={`${name} ${view.version}`}
                name={name}
                view={view}
                error={errorOf(name)}
                disabled={disabledReason !== null}
              />
            ))}
          </div>
        </Card>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
          Save limits
        </Button>
        <SaveOutcome failure={failure} done={saved ? 'Saved. In force within 5 seconds.' : ''} />
      </div>
    </form>
  );
}
