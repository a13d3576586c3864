'use client';

import type { FormEvent } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { GrantableRole, ProviderInput, ProviderView } from '#lib/model/identity-provider.ts';
import { ProviderFields, providerValues } from './provider-fields.tsx';

type Changed = ProviderInput & { id: string; version: number; clientSecret: string | null };

/** Changes a provider; the stored secret stays unless another one is written. */
export function EditProvider(props: {
  provider: ProviderView;
  update: BoundAction<Changed, { id: string; enabled: boolean }>;
  roles: readonly GrantableRole[];
  proveAgain: string;
}) {
  const { provider } = props;
  const { save, pending, failure } = useSave(props.update);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const clientSecret = String(form.get('clientSecret') ?? '') || null;
    save({ ...providerValues(form), id: provider.id, version: provider.version, clientSecret });
  };
  return (
    <Card label="Configuration">
      <CardHeader title="Configuration" hint="another issuer or client has to be tried again" />
      <form
        key={provider.version}
        onSubmit={submit}
        noValidate
        className="flex flex-col gap-4 px-4 pt-1 pb-4"
      >
        <ProviderFields provider={provider} roles={props.roles} errors={errors} />
        <ActFailure failure={failure} proveAgain={props.proveAgain} fields />
        <div>
          <Button type="submit" pending={pending}>
            Save changes
          </Button>
        </div>
      </form>
    </Card>
  );
}
