'use client';

import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { NewRegistry } from '#lib/model/registry.ts';
import { LoginFields, loginOf } from './login-fields.tsx';

/** Keeps the login of a registry. */
export function ConnectRegistry(props: {
  connect: BoundAction<NewRegistry, { id: string }>;
  proveAgain: string;
}) {
  // The fields of the next one are empty: what was typed holds a password.
  const [connected, setConnected] = useState(0);
  const { save, pending, failure } = useSave(props.connect, () => setConnected(connected + 1));
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    save({ host: String(data.get('host') ?? ''), ...loginOf(data) });
  };
  return (
    <Card label="Add a registry">
      <CardHeader title="Add a registry" hint="OCI distribution: Docker Hub, GHCR, Harbor and others" />
      <form key={connected} onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <TextField
          label="Registry"
          name="host"
          maxLength={300}
          placeholder="registry.example.com"
          hint="As the names of its images begin; docker.io for Docker Hub."
          error={errors.get('host')}
        />
        <LoginFields errors={errors} />
        <ActFailure failure={failure} proveAgain={props.proveAgain} fields />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Add registry
          </Button>
        </div>
      </form>
    </Card>
  );
}
