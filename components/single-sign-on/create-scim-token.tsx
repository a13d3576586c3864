'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { CreateOnce } from '#components/ui/create-once.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { StateMessage } from '#components/ui/states.tsx';

interface CreateScimTokenProps {
  create: BoundAction<{ name: string; issuer: string; expiresInDays: number }, { id: string; token: string }>;
  sources: readonly { issuer: string; name: string }[];
  address: string;
  proveAgain: string;
}

/** Makes a token for a provisioning client, and shows it the one time. */
export function CreateScimToken({ create, sources, address, proveAgain }: CreateScimTokenProps) {
  if (sources.length === 0)
    return (
      <StateMessage kind="empty" compact title="No identity provider is set up">
        Provisioned people sign in through their provider: add it first.
      </StateMessage>
    );
  return (
    <CreateOnce
      title="New token"
      hint="for the SCIM client of one provider"
      create={create}
      submit="Create token"
      proveAgain={proveAgain}
      valuesOf={(form) => ({
        name: String(form.get('name') ?? ''),
        issuer: String(form.get('issuer') ?? ''),
        expiresInDays: Number(form.get('expiresInDays')),
      })}
      fields={(errors) => (
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
          <TextField
            label="Days until it ends"
            name="expiresInDays"
            type="number"
            min={1}
            max={730}
            defaultValue={365}
            hint="Make another before, and give it to the client."
            error={errors.get('expiresInDays')}
          />
        </div>
      )}
      made={{
        title: 'Ready to provision',
        show: ({ token }) => (
          <div role="status" className="flex min-w-0 flex-col gap-3">
            <p>Copy the token now: it is shown this once and never again.</p>
            <CodeBlock name="Base address (tenant URL)" text={address} />
            <CodeBlock name="Bearer token" text={token} />
          </div>
        ),
      }}
    />
  );
}
