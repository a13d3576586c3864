'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { KeyFailure } from './key-failure.tsx';
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
  const days = Number(form.get('expiresInDays') || 0);
  return {
    name: String(form.get('name') ?? ''),
    scopes: SCOPES.map(({ scope }) => scope).filter((scope) => form.getAll('scopes').includes(scope)),
    expiresInDays: days > 0 ? days : null,
    allowedRanges: String(form.get('allowedRanges') ?? '')
      .split(/[\s,]+/)
      .filter((range) => range !== ''),
  };
}

function ScopeChoice() {
  return (
    <fieldset className="flex flex-wrap gap-x-5 gap-y-1.5">
      <legend className="mb-1.5 text-sm font-medium">Scopes</legend>
      {SCOPES.map(({ scope, words }) => (
        <label key={scope} className="touch inline-flex items-center gap-2 text-sm">
          <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === 'ingest'} />
          <span>
            <code className="font-mono text-xs">{scope}</code> <span className="text-muted">{words}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Makes a key and shows it once. `proveAgain` leads to where a stale sign-in is renewed. */
export function CreateKeyForm({ create, proveAgain }: { create: CreateKey; proveAgain: string }) {
  const router = useRouter();
  const [made, setMade] = useState<string | null>(null);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, setPending] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const values = valuesOf(new FormData(event.currentTarget));
    setPending(true);
    const result = await create(values);
    setPending(false);
    setFailure(result.ok ? null : result.error);
    if (!result.ok) return;
    setMade(result.data.key);
    router.refresh();
  }

  return (
    <Card label="New key">
      <CardHeader title="New key" />
      {made === null ? (
        <form onSubmit={submit} className="flex flex-col gap-4 px-4 pb-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField label="Name" name="name" maxLength={80} required placeholder="production agents" />
            <TextField
              label="Days until it ends"
              name="expiresInDays"
              type="number"
              min={1}
              max={3650}
              optional
            />
          </div>
          <ScopeChoice />
          <TextField
            label="Only from these addresses"
            name="allowedRanges"
            optional
            placeholder="203.0.113.0/24, 2001:db8::/32"
            hint="Addresses or ranges, separated by commas. Empty: from anywhere."
          />
          <KeyFailure failure={failure} proveAgain={proveAgain} />
          <div>
            <Button type="submit" variant="primary" pending={pending}>
              Create key
            </Button>
          </div>
        </form>
      ) : (
        <div className="px-4 pb-4">
          <MadeKey apiKey={made} onDone={() => setMade(null)} />
        </div>
      )}
    </Card>
  );
}
