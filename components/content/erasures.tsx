'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { Badge } from '#components/ui/status.tsx';
import { ERASURE_KINDS, type ErasureKind, type ErasureView } from '#lib/model/erasure.ts';
import { formatPlural } from '#lib/model/format.ts';

type RequestErasure = BoundAction<{ kind: ErasureKind; value: string }, { id: string }>;

const KINDS: Record<ErasureKind, { word: string; label: string; hint: string }> = {
  agent: { word: 'An agent', label: 'Agent id', hint: 'As in the address of its page.' },
  conversation: {
    word: 'A conversation',
    label: 'Conversation id',
    hint: 'Or thread or session id, as your agents send it.',
  },
  user: {
    word: 'A person',
    label: 'Id of the person',
    hint: 'As your agents send it in user.id or enduser.id.',
  },
};
const FOLLOW_MS = 2000;

function ErasureLine({ erasure, renderedAtMs }: { erasure: ErasureView; renderedAtMs: number }) {
  const { kind, label, status, spans, logs, progress } = erasure;
  const isDone = status === 'done' || status === 'watching';
  const isStopped = status === 'stopped';
  return (
    <li
      data-erasure={erasure.id}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
    >
      <span className="min-w-0 flex-1 basis-56">
        <span className="font-medium">{KINDS[kind].word}</span> <span className="wrap-anywhere">{label}</span>
        <span className="block text-xs text-muted wrap-anywhere">
          {formatPlural(spans, 'span')} and {formatPlural(logs, 'log line')} · asked for by{' '}
          {erasure.requestedBy} <Ago atMs={erasure.createdAt} renderedAtMs={renderedAtMs} />
          {status === 'watching' && ' · what arrives late is erased until a day after'}
          {isStopped && ' · stopped, since they may not erase any more; what was erased until then stays so'}
        </span>
      </span>
      <Badge tone={isStopped ? 'warning' : isDone ? 'ok' : 'progress'}>
        {isStopped ? 'Stopped' : isDone ? 'Erased' : `${Math.floor(progress * 100)} %`}
      </Badge>
    </li>
  );
}

/** Asks for what was said to be erased, and shows how far the worker is. */
export function Erasures(props: {
  erasures: readonly ErasureView[];
  request: RequestErasure;
  renderedAtMs: number;
}) {
  const { erasures, request, renderedAtMs } = props;
  const router = useRouter();
  const [kind, setKind] = useState<ErasureKind>('user');
  const [value, setValue] = useState('');
  const [asking, setAsking] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const isOpen = erasures.some(({ status }) => status === 'waiting' || status === 'running');
  useEffect(() => {
    if (!isOpen) return;
    const timer = setInterval(() => router.refresh(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [isOpen, router]);

  function ask(event: FormEvent): void {
    event.preventDefault();
    setAsking(true);
  }

  async function erase(): Promise<void> {
    setPending(true);
    const answer = await request({ kind, value });
    setPending(false);
    setAsking(false);
    setFailure(answer.ok ? null : (answer.error.issues[0]?.message ?? answer.error.message));
    if (answer.ok) setValue('');
    router.refresh();
  }

  return (
    <Card label="Erase">
      <CardHeader title="Erase what was stored" />
      <form onSubmit={ask} className="flex flex-col gap-4 px-4 pb-4">
        <p className="max-w-[68ch] text-sm text-muted">
          Removes prompts, completions, tool arguments, error messages and log lines of everything stored
          until now, for good. Names, durations, tokens, costs and charts stay. What arrives later is not
          erased.
        </p>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Of what"
            value={kind}
            onChange={(event) =>
              setKind(ERASURE_KINDS.find((known) => known === event.currentTarget.value) ?? 'user')
            }
          >
            {ERASURE_KINDS.map((known) => (
              <option key={known} value={known}>
                {KINDS[known].word}
              </option>
            ))}
          </SelectField>
          <TextField
            label={KINDS[kind].label}
            hint={KINDS[kind].hint}
            error={failure}
            value={value}
            required
            maxLength={500}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </div>
        <div>
          <Button type="submit" variant="danger" pending={pending}>
            Erase
          </Button>
        </div>
      </form>
      <ul aria-label="Erasures">
        {erasures.map((erasure) => (
          <ErasureLine key={erasure.id} erasure={erasure} renderedAtMs={renderedAtMs} />
        ))}
      </ul>
      <Dialog
        open={asking}
        title="Erase for good?"
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button variant="danger" pending={pending} onClick={() => void erase()}>
              Yes, erase it
            </Button>
          </>
        }
      >
        What was said cannot be brought back. That it was erased, and by whom, stays in the audit log.
      </Dialog>
    </Card>
  );
}
