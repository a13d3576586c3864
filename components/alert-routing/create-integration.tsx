'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import { CreateOnce } from '#components/ui/create-once.tsx';
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

const valuesOf = (form: FormData): NewIntegration => ({
  name: String(form.get('name') ?? ''),
  resolveTimeoutSeconds: readSpan(String(form.get('resolveTimeout') ?? '')),
  maxPerAlertname: Number(form.get('maxPerAlertname')),
});

/** Lets a Prometheus send its alerts here, and shows the lines that it needs. */
export function CreateIntegration(props: {
  create: BoundAction<NewIntegration, MadeSecret>;
  proveAgain: string;
}) {
  return (
    <CreateOnce
      title="New integration"
      hint="for a Prometheus, or whatever speaks Alertmanager's API v2"
      create={props.create}
      submit="Create integration"
      proveAgain={props.proveAgain}
      valuesOf={valuesOf}
      fields={(errors) => (
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
      )}
      made={{
        title: 'Ready to receive',
        show: ({ id, secret }) => <IntegrationSecret path={`/api/integrations/${id}`} secret={secret} />,
      }}
    />
  );
}
