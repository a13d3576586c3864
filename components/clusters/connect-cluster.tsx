'use client';

import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { AccessFields, type AccessValues, accessOf } from './access-fields.tsx';
import { namespaceError, namespacesOf } from './namespaces.ts';

type NewCluster = AccessValues & { name: string; namespaces: string[] };

/** Connects a cluster; whether it can be reached shows in the list below. */
export function ConnectCluster(props: {
  connect: BoundAction<NewCluster, { id: string }>;
  mayLend: boolean;
}) {
  // The fields of the next cluster are empty ones: what was typed holds credentials.
  const [connected, setConnected] = useState(0);
  const { save, pending, failure } = useSave(props.connect, () => setConnected(connected + 1));
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const name = String(data.get('name') ?? '');
    save({ name, namespaces: namespacesOf(String(data.get('namespaces') ?? '')), ...accessOf(data) });
  };
  return (
    <Card label="Connect a cluster">
      <CardHeader title="Connect a cluster" hint="Kubernetes" />
      <form key={connected} onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            name="name"
            maxLength={80}
            placeholder="production"
            error={errors.get('name')}
          />
          <TextField
            label="Namespaces"
            name="namespaces"
            placeholder="agents, agents-staging"
            hint="By commas. Pitwall uses no others, whatever the credentials allow."
            error={namespaceError(errors)}
          />
        </div>
        <AccessFields errors={errors} mayLend={props.mayLend} />
        <ActFailure failure={failure} fields />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Connect cluster
          </Button>
        </div>
      </form>
    </Card>
  );
}
