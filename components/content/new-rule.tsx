'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { SelectField, TextArea, TextField } from '#components/ui/field.tsx';
import {
  DEFAULT_REPLACEMENT,
  REDACTION_KINDS,
  type RedactionKind,
  type RedactionPreview,
} from '#lib/model/redaction.ts';
import { RULE_KIND_WORDS } from './rule-words.ts';

interface Draft {
  kind: RedactionKind;
  pattern: string | null;
  replacement: string;
}

type CreateRule = BoundAction<Draft & { name: string }, { id: string }>;
type PreviewRules = BoundAction<{ text: string; draft: Draft | null }, RedactionPreview>;

function Preview({ preview }: { preview: RedactionPreview }) {
  return (
    <div className="flex flex-col gap-2">
      <pre
        data-testid="redaction-preview"
        className="max-h-64 overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap"
      >
        {preview.text}
      </pre>
      <p role="status" className="text-xs text-muted">
        {preview.found.map(({ name, count }) => `${name}: ${count} found`).join(' · ') ||
          'No rule is applied.'}
      </p>
    </div>
  );
}

/** Makes a rule, and shows beforehand on a pasted text what it and the saved ones would redact. */
export function NewRule({ create, preview }: { create: CreateRule; preview: PreviewRules }) {
  const router = useRouter();
  const [draft, setDraft] = useState<Draft>({
    kind: 'email',
    pattern: null,
    replacement: DEFAULT_REPLACEMENT,
  });
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [shown, setShown] = useState<RedactionPreview | null>(null);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, setPending] = useState(false);
  const errorOf = (path: string) =>
    failure?.issues.find((issue) => issue.path.endsWith(path))?.message ?? null;
  const isNamed = ['pattern', 'name', 'replacement'].some((path) => errorOf(path) !== null);

  function choose(value: string): void {
    const kind = REDACTION_KINDS.find((known) => known === value) ?? 'email';
    setDraft({ ...draft, kind, pattern: kind === 'pattern' ? '' : null });
  }

  async function look(): Promise<void> {
    const answer = await preview({ text, draft });
    setShown(answer.ok ? answer.data : null);
    setFailure(answer.ok ? null : answer.error);
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setPending(true);
    const answer = await create({ ...draft, name: name.trim() || RULE_KIND_WORDS[draft.kind] });
    setPending(false);
    setFailure(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setName('');
    router.refresh();
  }

  return (
    <form
      onSubmit={(event) => void save(event)}
      className="flex flex-col gap-4 border-t border-line px-4 py-4"
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="What to redact"
          value={draft.kind}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {REDACTION_KINDS.map((known) => (
            <option key={known} value={known}>
              {RULE_KIND_WORDS[known]}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Name"
          optional
          value={name}
          maxLength={80}
          error={errorOf('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {draft.kind === 'pattern' && (
          <TextField
            label="Pattern"
            value={draft.pattern ?? ''}
            maxLength={500}
            hint="RE2 syntax, for example CUST-\d{5}"
            error={errorOf('pattern')}
            onChange={(event) => setDraft({ ...draft, pattern: event.currentTarget.value })}
          />
        )}
        <TextField
          label="Stands in its place"
          value={draft.replacement}
          maxLength={100}
          error={errorOf('replacement')}
          onChange={(event) => setDraft({ ...draft, replacement: event.currentTarget.value })}
        />
      </div>
      <TextArea
        label="Try it on a text"
        optional
        value={text}
        maxLength={20_000}
        hint="The text is not kept."
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {failure !== null && !isNamed && (
        <p role="alert" className="text-sm text-critical-text">
          {failure.message}
        </p>
      )}
      {shown !== null && <Preview preview={shown} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          Add rule
        </Button>
        <Button onClick={() => void look()}>Preview</Button>
      </div>
    </form>
  );
}
