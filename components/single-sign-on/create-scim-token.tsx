'use client';

import { type FormEvent, useState } from 'react';
import { useSave } from '#components/on-call/use-save.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { ActFailure } from './act-failure.tsx';

interface CreateScimTokenProps {
  create: BoundAction<{ name: string; issuer: string }, { id: string; token: string }>;
  sources: readonly { issuer: string; name: string }[];
  address: string;
  proveAgain: string;
}

/** Makes a token for a provisioning client, and shows it the one time. */
export function CreateScimToken({ create, sources, address, proveAgain }: CreateScimTokenProps) {
  const [made, setMade] = useState<string | null>(null);
  const { save, pending, failure } = useSave(create, ({ token }) => setMade(token));
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({ name: String(form.get('name') ?? ''), issuer: String(form.get('issuer') ?? '') });
  };
  if (sources.length === 0)
    return (
      <StateMessage kind="empty" compact title="No identity provider is set up">
        Provisioned people sign in through their provider: add it first.
      </StateMessage>
    );
  if (made !== null)
    return (
      <Card label="New token">
        <CardHeader title="Ready to provision" />
        <div role="status" className="flex min-w-0 flex-col gap-3 px-4 pt-1 pb-4 text-sm">
          <p>Copy the token now: it is shown this once and never again.</p>
          <CodeBlock name="Base address (tenant URL)" text={address} />
          <CodeBlock name="Bearer token" text={made} />
          <div>
            <Button onClick={() => setMade(null)}>Done</Button>
          </div>
        </div>
      </Card>
    );
  return (
    <Card label="New token">
      <CardHeader title="New token" hint="for the SCIM client of one provider" />
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            name="name"
            maxLength={80}
            placeholder="directory sync"
            error={errors.get('name')}
          />
          <SelectField
            label="Keeps the people of"
            name="issuer"
            hint="They sign in through this provider, and only it opens their accounts."
            error={errors.get('issuer')}
          >
            {sources.map(({ issuer, name }) => (
              <option key={issuer} value={issuer}>
                {name}
              </option>
            ))}
          </SelectField>
        </div>
        <ActFailure failure={failure} proveAgain={proveAgain} fields />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Create token
          </Button>
        </div>
      </form>
    </Card>
  );
}
