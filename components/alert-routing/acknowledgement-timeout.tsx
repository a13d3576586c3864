'use client';

import { type FormEvent, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { readSpan, saySpan, writeSpan } from '#lib/model/span.ts';

interface Settings {
  acknowledgementTimeoutMinutes: number | null;
}

function words(minutes: number | null): string {
  if (minutes === null) return 'An acknowledged alert stays acknowledged until it is resolved.';
  return `${saySpan(minutes * 60)} after it was acknowledged an alert that is not resolved is active again: who took it and who is on call are told, and escalation starts anew.`;
}

/** After which time an acknowledged alert that nobody resolved is active again; never, where it is empty. */
export function AcknowledgementTimeout(props: {
  settings: Settings;
  /** Null for people who may only look. */
  update: BoundAction<Settings, Settings> | null;
}) {
  const { settings, update } = props;
  return (
    <Card label="Acknowledgement timeout">
      <CardHeader title="Acknowledgement timeout" />
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
        <p className="text-sm">{words(settings.acknowledgementTimeoutMinutes)}</p>
        {update && <TimeoutForm minutes={settings.acknowledgementTimeoutMinutes} update={update} />}
      </div>
    </Card>
  );
}

function TimeoutForm(props: { minutes: number | null; update: BoundAction<Settings, Settings> }) {
  const [text, setText] = useState(props.minutes === null ? '' : writeSpan(props.minutes * 60));
  const [fault, setFault] = useState<string | null>(null);
  const { save, pending, failure } = useSave(props.update, () => toast({ tone: 'ok', text: 'Saved.' }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const minutes = text.trim() === '' ? null : Math.round(readSpan(text) / 60);
    setFault(Number.isNaN(minutes) ? 'Write a time like 30m or 4h, or nothing for never.' : null);
    if (!Number.isNaN(minutes)) save({ acknowledgementTimeoutMinutes: minutes });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-3">
      <div className="w-44">
        <TextField
          label="Active again after"
          value={text}
          placeholder="never"
          error={fault ?? failure?.issues[0]?.message}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Button type="submit" pending={pending}>
        Save
      </Button>
      {failure && failure.issues.length === 0 && <SaveFailure failure={failure} />}
    </form>
  );
}
