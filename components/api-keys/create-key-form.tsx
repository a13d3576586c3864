'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { TextField } from '#components/ui/field.tsx';

type Scope = 'ingest' | 'read' | 'write';
interface NewKey {
  name: string;
  scopes: Scope[];
  expiresInDays: number | null;
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
  };
}

function Failure({ failure, proveAgain }: { failure: ShownFailure; proveAgain: string }) {
  const words = failure.issues[0]?.message ?? failure.message;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {words}{' '}
      {failure.code === 'reauthentication_required' && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
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

/** The one moment in which a whole key is seen. */
function MadeKey({ apiKey, onDone }: { apiKey: string; onDone: () => void }) {
  return (
    <div role="status" className="flex flex-col gap-3 p-4">
      <p className="text-sm">Copy the key now: it is shown this once and never again.</p>
      <CodeBlock name="API key" text={apiKey} />
      <div>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
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
          {failure && <Failure failure={failure} proveAgain={proveAgain} />}
          <div>
            <Button type="submit" variant="primary" pending={pending}>
              Create key
            </Button>
          </div>
        </form>
      ) : (
        <MadeKey apiKey={made} onDone={() => setMade(null)} />
      )}
    </Card>
  );
}
