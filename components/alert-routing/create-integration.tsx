'use client';

import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { useSave } from '#components/on-call/use-save.ts';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { readSpan } from '#lib/model/span.ts';
import { IntegrationSecret } from './integration-secret.tsx';

interface NewIntegration {
  name: string;
  resolveTimeoutSeconds: number;
  maxPerAlertname: number;
}
export interface MadeSecret {
  id: string;
  secret: string;
}

/** Why it was refused, with the way on where a stale sign-in is the reason. */
export function IntegrationFailure(props: { failure: ShownFailure | null; proveAgain: string }) {
  const { failure, proveAgain } = props;
  if (!failure || failure.issues.length > 0) return null;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {failure.message}{' '}
      {failure.code === 'reauthentication_required' && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
}

/** Lets a Prometheus send its alerts here, and shows the lines that it needs. */
export function CreateIntegration(props: {
  create: BoundAction<NewIntegration, MadeSecret>;
  proveAgain: string;
}) {
  const [made, setMade] = useState<MadeSecret | null>(null);
  const { save, pending, failure } = useSave(props.create, setMade);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({
      name: String(form.get('name') ?? ''),
      resolveTimeoutSeconds: readSpan(String(form.get('resolveTimeout') ?? '')),
      maxPerAlertname: Number(form.get('maxPerAlertname')),
    });
  };
  if (made)
    return (
      <Card label="New integration">
        <CardHeader title="Ready to receive" />
        <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
          <IntegrationSecret path={`/api/integrations/${made.id}`} secret={made.secret} />
          <div>
            <Button onClick={() => setMade(null)}>Done</Button>
          </div>
        </div>
      </Card>
    );
  return (
    <Card label="New integration">
      <CardHeader title="New integration" hint="for a Prometheus, or whatever speaks Alertmanager's API v2" />
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label="Name"
            name="name"
            maxLength={80}
            placeholder="prometheus-production"
            error={errors.get('name')}
          />
          <TextField
            label="Resolves after silence of"
            name="resolveTimeout"
            defaultValue="5m"
            hint="For alerts that come without an end."
            error={errors.get('resolveTimeoutSeconds') && 'Write a time from 10s to 1d.'}
          />
          <TextField
            label="Open alerts of one name, at most"
            name="maxPerAlertname"
            inputMode="numeric"
            defaultValue="1000"
            error={errors.get('maxPerAlertname')}
          />
        </div>
        <IntegrationFailure failure={failure} proveAgain={props.proveAgain} />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Create integration
          </Button>
        </div>
      </form>
    </Card>
  );
}
