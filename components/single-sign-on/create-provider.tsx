'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { GrantableRole, ProviderInput } from '#lib/model/identity-provider.ts';
import { paths } from '#lib/model/paths.ts';
import { ProviderFields, providerValues } from './provider-fields.tsx';

type NewProvider = ProviderInput & { slug: string; clientSecret: string };

/** Sets up a provider; the callback address is there before it is saved, since the provider asks for it first. */
export function CreateProvider(props: {
  create: BoundAction<NewProvider, { id: string }>;
  roles: readonly GrantableRole[];
  callbackBase: string;
  proveAgain: string;
}) {
  const router = useRouter();
  const [slug, setSlug] = useState('');
  const { save, pending, failure } = useSave(props.create, ({ id }) =>
    router.push(paths.identityProvider(id)),
  );
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({ ...providerValues(form), slug, clientSecret: String(form.get('clientSecret') ?? '') });
  };
  return (
    <Card label="New provider">
      <CardHeader title="New provider" hint="OpenID Connect" />
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <TextField
          label="Name in addresses"
          value={slug}
          onChange={(event) => setSlug(event.target.value)}
          maxLength={63}
          placeholder="company"
          hint={
            <>
              Tell the provider this callback address:{' '}
              <code className="font-mono wrap-anywhere">
                {props.callbackBase}
                {slug || '…'}
              </code>
            </>
          }
          error={errors.get('slug')}
        />
        <ProviderFields provider={null} roles={props.roles} errors={errors} />
        <ActFailure failure={failure} proveAgain={props.proveAgain} fields />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Save provider
          </Button>
        </div>
      </form>
    </Card>
  );
}
