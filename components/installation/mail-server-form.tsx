'use client';

import type { FormEvent } from 'react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { MailServerView, MailTls } from '#lib/model/installation-settings.ts';
import { SaveOutcome } from './save-outcome.tsx';

interface TypedServer {
  host: string;
  port: number;
  tls: MailTls;
  user: string | null;
  password?: string;
  from: string;
}
export type SetMailServer = BoundAction<{ server: TypedServer | null; seen: number }, unknown>;

const TLS_WORDS: Record<MailTls, string> = {
  starttls: 'STARTTLS, required',
  implicit: 'TLS from the start',
  none: 'None, for a server on this host',
};

function serverOf(form: FormData): TypedServer {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const tls = (Object.keys(TLS_WORDS) as MailTls[]).find((way) => way === text('tls')) ?? 'starttls';
  const password = String(form.get('password') ?? '');
  return {
    host: text('host'),
    port: Number(text('port')),
    tls,
    user: text('user') || null,
    from: text('from'),
    ...(password !== '' && { password }),
  };
}

interface FieldsProps {
  view: MailServerView;
  errorOf: (field: string) => string | null;
  disabled: boolean;
}

function ServerFields({ view: { server }, errorOf, disabled }: FieldsProps) {
  return (
    <>
      <TextField
        label="Host"
        name="host"
        required
        disabled={disabled}
        defaultValue={server?.host}
        placeholder="smtp.example.com"
        error={errorOf('host')}
      />
      <TextField
        label="Port"
        name="port"
        type="number"
        required
        min={1}
        max={65_535}
        disabled={disabled}
        defaultValue={server?.port ?? 587}
        error={errorOf('port')}
      />
      <SelectField label="Encryption" name="tls" disabled={disabled} defaultValue={server?.tls ?? 'starttls'}>
        {Object.entries(TLS_WORDS).map(([way, words]) => (
          <option key={way} value={way}>
            {words}
          </option>
        ))}
      </SelectField>
      <TextField
        label="From"
        name="from"
        type="email"
        required
        disabled={disabled}
        defaultValue={server?.from}
        placeholder="pitwall@example.com"
        error={errorOf('from')}
      />
    </>
  );
}

/** The account; its password goes in and never comes out again. */
function AccountFields({ view, errorOf, disabled }: FieldsProps) {
  const { server, isSetHere } = view;
  const isKept = isSetHere && server !== null && server.user !== null;
  return (
    <>
      <TextField
        label="Account"
        name="user"
        optional
        autoComplete="off"
        disabled={disabled}
        defaultValue={server?.user ?? ''}
        error={errorOf('user')}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        optional
        autoComplete="new-password"
        disabled={disabled}
        placeholder={isKept ? 'Stored; type to replace it' : ''}
        hint="Stored encrypted and never shown again."
        error={errorOf('password')}
      />
    </>
  );
}

/** The server that mail leaves through. */
export function MailServerForm(props: {
  view: MailServerView;
  save: SetMailServer;
  proveAgain: string;
  disabledReason: string | null;
}) {
  const { view, proveAgain, disabledReason } = props;
  const [saved, setSaved] = useState(false);
  const { save, pending, failure } = useSave(props.save, () => setSaved(true));

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save({ server: serverOf(new FormData(event.currentTarget)), seen: view.version });
  }

  const errorOf = (field: string) =>
    failure?.issues.find(({ path }) => path === `server.${field}`)?.message ?? null;
  const fields = { view, errorOf, disabled: disabledReason !== null };
  return (
    <Card label="Mail server">
      <CardHeader title="Mail server" />
      <form
        key={view.version}
        onSubmit={submit}
        onChange={() => setSaved(false)}
        className="flex flex-col gap-4 px-4 pb-4"
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <ServerFields {...fields} />
          <AccountFields {...fields} />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
            Save mail server
          </Button>
          {view.isSetHere && (
            <Button
              pending={pending}
              disabledReason={disabledReason}
              onClick={() => save({ server: null, seen: view.version })}
            >
              Use the environment’s
            </Button>
          )}
          <SaveOutcome
            failure={failure}
            done={saved ? 'Saved. In force within 5 seconds.' : ''}
            proveAgain={proveAgain}
          />
        </div>
      </form>
    </Card>
  );
}
