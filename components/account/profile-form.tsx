'use client';

import { type FormEvent, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { OwnProfileView } from '#lib/model/account-view.ts';
import { THEMES, type Theme } from '#lib/model/appearance.ts';

interface Values {
  name: string;
  timeZone: string | null;
  theme: Theme | null;
}

const THEME_WORDS = { system: 'As the device', light: 'Light', dark: 'Dark' };

function valuesOf(form: FormData): Values {
  const theme = form.get('theme');
  return {
    name: String(form.get('name') ?? ''),
    timeZone: String(form.get('timeZone') ?? '') || null,
    theme: THEMES.find((known) => known === theme) ?? null,
  };
}

/** Name, zone and theme of the person who looks. */
export function ProfileForm(props: {
  profile: OwnProfileView;
  zones: readonly string[];
  save: BoundAction<Values, Values>;
}) {
  const { profile, zones } = props;
  const [saved, setSaved] = useState(false);
  const { save, pending, failure } = useSave(props.save, () => setSaved(true));
  // Said at the field; a limit of the field itself would cut what is pasted without a word.
  const nameIssue = failure?.issues.find(({ path }) => path === 'name')?.message ?? null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(valuesOf(new FormData(event.currentTarget)));
  };
  return (
    <Card className="max-w-2xl" label="Profile">
      <form onSubmit={submit} onChange={() => setSaved(false)} className="flex flex-col gap-4 p-4">
        <TextField
          label="Name"
          name="name"
          defaultValue={profile.name}
          autoComplete="name"
          error={nameIssue}
          hint="How your team sees you, in alerts and on-call schedules too."
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label="Time zone" name="timeZone" defaultValue={profile.timeZone ?? ''}>
            <option value="">That of each browser</option>
            {zones.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </SelectField>
          <SelectField label="Theme" name="theme" defaultValue={profile.theme ?? ''}>
            <option value="">What each browser keeps</option>
            {THEMES.map((theme) => (
              <option key={theme} value={theme}>
                {THEME_WORDS[theme]}
              </option>
            ))}
          </SelectField>
        </div>
        <SaveFailure failure={nameIssue === null ? failure : null} />
        <div className="flex items-center gap-3">
          <Button type="submit" variant="primary" pending={pending}>
            Save
          </Button>
          <p role="status" className="text-sm text-muted">
            {saved && !pending ? 'Saved.' : ''}
          </p>
        </div>
      </form>
    </Card>
  );
}
