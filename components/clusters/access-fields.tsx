'use client';

import { useState } from 'react';
import { SelectField, TextArea, TextField } from '#components/ui/field.tsx';
import type { AccessForm } from '#lib/model/cluster.ts';

/** How a cluster is reached, as the fields say it. */
export interface AccessValues {
  form: AccessForm;
  server: string | null;
  ca: string | null;
  token: string | null;
  kubeconfig: string | null;
  context: string | null;
  skipTlsVerify: boolean;
}

const FORMS: readonly { form: AccessForm; words: string; isOfOperator: boolean }[] = [
  { form: 'token', words: 'Address and token', isOfOperator: false },
  { form: 'pasted', words: 'A kubeconfig that I paste', isOfOperator: false },
  { form: 'in-cluster', words: 'The cluster that Pitwall runs in', isOfOperator: true },
  { form: 'kubeconfig', words: 'The kubeconfig of the operator', isOfOperator: true },
];

export function accessOf(form: FormData): AccessValues {
  const text = (name: string) => String(form.get(name) ?? '').trim() || null;
  return {
    form: (text('form') ?? 'token') as AccessForm,
    server: text('server'),
    ca: text('ca'),
    token: text('token'),
    kubeconfig: text('kubeconfig'),
    context: text('context'),
    skipTlsVerify: form.get('skipTlsVerify') === 'on',
  };
}

function TokenFields({ errors }: { errors: ReadonlyMap<string, string> }) {
  const [isUnverified, setUnverified] = useState(false);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="API server"
          name="server"
          placeholder="https://cluster.example.com:6443"
          error={errors.get('server')}
        />
        <TextField
          label="Token"
          name="token"
          type="password"
          autoComplete="off"
          hint="Of a service account that may do only what Pitwall does there."
          error={errors.get('token')}
        />
      </div>
      <TextArea
        label="Certificate authority"
        name="ca"
        optional
        spellCheck={false}
        placeholder="-----BEGIN CERTIFICATE-----"
        hint="In PEM form. Without it, authorities that the system trusts are believed."
        error={errors.get('ca')}
      />
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          name="skipTlsVerify"
          className="touch"
          checked={isUnverified}
          onChange={({ currentTarget }) => setUnverified(currentTarget.checked)}
        />
        Do not verify who answers
      </label>
      {isUnverified && (
        <p role="alert" className="text-sm text-critical-text">
          Whoever stands between Pitwall and the cluster can then read the token and act as Pitwall. This is
          written to the audit log.
        </p>
      )}
    </>
  );
}

/** The fields of how a cluster is reached. `mayLend`: whether the credentials of Pitwall itself are on offer. */
export function AccessFields(props: { errors: ReadonlyMap<string, string>; mayLend: boolean }) {
  const { errors, mayLend } = props;
  const [form, setForm] = useState<AccessForm>('token');
  return (
    <>
      <SelectField
        label="Reached by"
        name="form"
        value={form}
        onChange={({ currentTarget }) => setForm(currentTarget.value as AccessForm)}
        error={errors.get('form')}
      >
        {FORMS.filter(({ isOfOperator }) => mayLend || !isOfOperator).map((each) => (
          <option key={each.form} value={each.form}>
            {each.words}
          </option>
        ))}
      </SelectField>
      {form === 'token' && <TokenFields errors={errors} />}
      {form === 'pasted' && (
        <TextArea
          label="Kubeconfig"
          name="kubeconfig"
          rows={6}
          spellCheck={false}
          hint="Its address and credentials are taken over, the text is not kept. Programs that sign in (exec) are refused."
          error={errors.get('kubeconfig')}
        />
      )}
      {(form === 'pasted' || form === 'kubeconfig') && (
        <TextField
          label="Context"
          name="context"
          optional
          hint="Without one, the current context of the kubeconfig."
          error={errors.get('context')}
        />
      )}
    </>
  );
}
