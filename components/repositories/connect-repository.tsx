'use client';

import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { CreateOnce } from '#components/ui/create-once.tsx';
import { TextField } from '#components/ui/field.tsx';
import { GITHUB } from '#lib/model/repository.ts';
import type { AllowRule, Credential, CredentialKind } from '#lib/model/repository-schema.ts';
import { AllowRules } from './allow-rules.tsx';
import { CredentialFields, credentialOf } from './credential-fields.tsx';
import { WebhookSecret } from './webhook-secret.tsx';

interface NewRepository {
  fullName: string;
  hostUrl: string;
  credential: Credential;
  allowed: AllowRule[];
}

/** Connects a repository, and shows what its webhook is set up with. */
export function ConnectRepository(props: {
  connect: BoundAction<NewRepository, { id: string; webhookPath: string; secret: string }>;
  proveAgain: string;
}) {
  const [kind, setKind] = useState<CredentialKind>('app');
  const [allowed, setAllowed] = useState<AllowRule[]>([]);
  const valuesOf = (form: FormData): NewRepository => ({
    fullName: String(form.get('fullName') ?? ''),
    hostUrl: String(form.get('hostUrl') ?? '').trim(),
    credential: credentialOf(kind, form),
    allowed,
  });
  return (
    <CreateOnce
      title="Connect a repository"
      hint="on GitHub, or a GitHub Enterprise server"
      create={props.connect}
      submit="Connect repository"
      proveAgain={props.proveAgain}
      valuesOf={valuesOf}
      fields={(errors) => (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Repository"
              name="fullName"
              maxLength={140}
              placeholder="owner/name"
              error={errors.get('fullName')}
            />
            <TextField label="Server" name="hostUrl" defaultValue={GITHUB} error={errors.get('hostUrl')} />
          </div>
          <CredentialFields kind={kind} onKind={setKind} errors={errors} />
          <AllowRules rules={allowed} errors={errors} onChange={setAllowed} />
        </>
      )}
      made={{
        title: 'Connected',
        show: ({ webhookPath, secret }) => <WebhookSecret path={webhookPath} secret={secret} />,
      }}
    />
  );
}
