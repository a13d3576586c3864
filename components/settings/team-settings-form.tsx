'use client';

import { type FormEvent, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS, type TeamSettingsView } from '#lib/model/team-settings.ts';

type Save = BoundAction<TeamSettingsView & { seen: TeamSettingsView }, TeamSettingsView>;

interface TeamSettingsFormProps {
  settings: TeamSettingsView;
  save: Save;
  /** Why this person may not change them; null when they may. */
  disabledReason: string | null;
}

function valuesOf(form: FormData): TeamSettingsView {
  return {
    rawRetentionDays: form.get('rawRetentionDays') ? Number(form.get('rawRetentionDays')) : null,
    spanRetentionDays: Number(form.get('spanRetentionDays')),
    logRetentionDays: Number(form.get('logRetentionDays')),
  };
}

function Retention({ settings, disabled }: { settings: TeamSettingsView; disabled: boolean }) {
  const shared = {
    type: 'number',
    min: MIN_RETENTION_DAYS,
    max: MAX_RETENTION_DAYS,
    disabled,
  };
  return (
    <Card label="Retention">
      <CardHeader title="Retention" />
      <div className="flex flex-col gap-3 px-4 pb-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Days that spans are kept"
            name="spanRetentionDays"
            defaultValue={settings.spanRetentionDays}
            required
            {...shared}
          />
          <TextField
            label="Days that logs are kept"
            name="logRetentionDays"
            defaultValue={settings.logRetentionDays}
            required
            {...shared}
          />
          <TextField
            label="Days that raw points are kept"
            name="rawRetentionDays"
            defaultValue={settings.rawRetentionDays ?? ''}
            hint="Empty: as long as this installation keeps them."
            {...shared}
          />
        </div>
        <p className="max-w-[68ch] text-sm text-muted">
          {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS} days. Fewer days delete what is older within ten
          minutes, for good. Charts are made from roll-ups and stay.
        </p>
      </div>
    </Card>
  );
}

function Outcome({ failure, saved }: { failure: ShownFailure | null; saved: boolean }) {
  if (failure)
    return (
      <p role="alert" className="text-sm text-critical-text">
        {failure.issues[0]?.message ?? failure.message}
      </p>
    );
  return (
    <p role="status" className="text-sm text-muted">
      {saved ? 'Saved.' : ''}
    </p>
  );
}

/** What a team keeps of its telemetry; disabled, with the reason, for those who may only look. */
export function TeamSettingsForm({ settings, save, disabledReason }: TeamSettingsFormProps) {
  const [seen, setSeen] = useState(settings);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [saved, setSaved] = useState(false);
  const [pending, setPending] = useState(false);
  const disabled = disabledReason !== null;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const values = valuesOf(new FormData(event.currentTarget));
    setPending(true);
    const result = await save({ ...values, seen });
    setPending(false);
    setSaved(result.ok);
    setFailure(result.ok ? null : result.error);
    if (result.ok) setSeen(result.data);
  }

  return (
    <form onSubmit={submit} onChange={() => setSaved(false)} className="flex max-w-2xl flex-col gap-4">
      <Retention settings={settings} disabled={disabled} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
          Save
        </Button>
        {disabled ? (
          <p className="text-sm text-muted">{disabledReason}</p>
        ) : (
          <Outcome failure={failure} saved={saved} />
        )}
      </div>
    </form>
  );
}
