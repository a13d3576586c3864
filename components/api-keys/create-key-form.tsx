'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import { CreateOnce } from '#components/ui/create-once.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { TextField } from '#components/ui/field.tsx';
import { MadeKey } from './made-key.tsx';

type Scope = 'ingest' | 'read' | 'write';
interface NewKey {
  name: string;
  scopes: Scope[];
  expiresInDays: number | null;
  allowedRanges: string[];
}
export type CreateKey = BoundAction<NewKey, { id: string; key: string }>;

const SCOPES: readonly { scope: Scope; words: string }[] = [
  { scope: 'ingest', words: 'Send telemetry' },
  { scope: 'read', words: 'Read agents, metrics and health' },
  { scope: 'write', words: 'Change and control agents' },
];

function valuesOf(form: FormData): NewKey {
  const days = String(form.get('expiresInDays') ?? '');
  return {
    name: String(form.get('name') ?? ''),
    scopes: SCOPES.map(({ scope }) => scope).filter((scope) => form.getAll('scopes').includes(scope)),
    expiresInDays: days === '' ? null : Number(days),
    allowedRanges: String(form.get('allowedRanges') ?? '')
      .split(/[\s,]+/)
      .filter((range) => range !== ''),
  };
}

function ScopeChoice({ error }: { error: string | undefined }) {
  return (
    <fieldset className="flex flex-wrap gap-x-5 gap-y-1.5">
      <legend className="mb-1.5 text-sm font-medium">Scopes</legend>
      {SCOPES.map(({ scope, words }) => (
        <label key={scope} className="touch inline-flex items-center gap-2 text-sm">
          <input type="checkbox" name="scopes" value={scope} />
          <span>
            <code className="font-mono text-xs">{scope}</code> <span className="text-muted">{words}</span>
          </span>
        </label>
      ))}
      {error !== undefined && (
        <p role="alert" className="w-full text-xs text-critical-text">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** Makes a key and shows it once. `proveAgain` leads to where a stale sign-in is renewed. */
export function CreateKeyForm({ create, proveAgain }: { create: CreateKey; proveAgain: string }) {
  return (
    <CreateOnce
      title="New key"
      create={create}
      submit="Create key"
      proveAgain={proveAgain}
      valuesOf={valuesOf}
      fields={(errors) => (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Name"
              name="name"
              maxLength={80}
              placeholder="production agents"
              error={errors.get('name')}
            />
            <TextField
              label="Days until it ends"
              name="expiresInDays"
              type="number"
              min={1}
              max={3650}
              optional
              error={errors.get('expiresInDays')}
            />
          </div>
          <ScopeChoice error={errors.get('scopes')} />
          <TextField
            label="Only from these addresses"
            name="allowedRanges"
            optional
            placeholder="203.0.113.0/24, 2001:db8::/32"
            hint="Addresses or ranges, separated by commas. Empty: from anywhere."
            error={[...errorsBelow(errors, 'allowedRanges').values()][0]}
          />
        </>
      )}
      made={{ title: 'New key', show: ({ key }) => <MadeKey apiKey={key} /> }}
    />
  );
}
