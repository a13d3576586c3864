'use client';

import { SelectField, TextArea, TextField } from '#components/ui/field.tsx';
import type { Credential, CredentialKind } from '#lib/model/repository-schema.ts';

/** What was typed into the fields of a kind. */
export function credentialOf(kind: CredentialKind, form: FormData): Credential {
  const text = (name: string) => String(form.get(name) ?? '');
  if (kind === 'token') return { kind, token: text('token') };
  const number = (name: string) => Number(text(name).trim() || Number.NaN);
  return {
    kind,
    appId: number('appId'),
    installationId: number('installationId'),
    privateKey: text('privateKey'),
  };
}

/** How Pitwall acts in a repository; what is stored is never shown. */
export function CredentialFields(props: {
  kind: CredentialKind;
  onKind: (kind: CredentialKind) => void;
  errors: ReadonlyMap<string, string>;
}) {
  const { kind, onKind, errors } = props;
  const errorOf = (name: string) => errors.get(`credential.${name}`);
  return (
    <div className="grid min-w-0 gap-4 sm:grid-cols-2">
      <SelectField
        label="Acts as"
        value={kind}
        hint="An app has short-lived tokens for this repository only; a token is for servers without one."
        onChange={({ currentTarget: { value } }) => onKind(value === 'token' ? 'token' : 'app')}
      >
        <option value="app">GitHub App</option>
        <option value="token">Token</option>
      </SelectField>
      {kind === 'token' ? (
        <TextField
          label="Token"
          name="token"
          type="password"
          autoComplete="off"
          hint="Fine-grained, with read access to contents and read and write to deployments and actions."
          error={errorOf('token')}
        />
      ) : (
        <>
          <TextField label="App id" name="appId" inputMode="numeric" error={errorOf('appId')} />
          <TextField
            label="Installation id"
            name="installationId"
            inputMode="numeric"
            error={errorOf('installationId')}
          />
          <TextArea
            label="Private key"
            name="privateKey"
            autoComplete="off"
            spellCheck={false}
            placeholder="-----BEGIN RSA PRIVATE KEY-----"
            error={errorOf('privateKey')}
          />
        </>
      )}
    </div>
  );
}
