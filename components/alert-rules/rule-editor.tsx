'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useTransition } from 'react';
import type { ShownFailure } from '#components/ui/bound-action.ts';
import { Card } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { paths } from '#lib/model/paths.ts';
import type { RuleDraft } from './draft.ts';
import type { EditorChoices } from './editor-choices.ts';
import { MessageSection } from './message-section.tsx';
import { PatienceSection } from './patience-section.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { WRONG_ON_SAVE } from './read-draft.ts';
import { ruleSentence } from './rule-sentence.ts';
import { type DraftState, useDraft } from './use-draft.ts';
import { type PreviewHours, usePreview } from './use-preview.ts';
import { WhatSection } from './what-section.tsx';
import { WhenSection } from './when-section.tsx';

interface RuleValues {
  name: string;
  enabled: boolean;
  definition: RuleDefinition;
}

interface RuleEditorProps {
  start: RuleDraft;
  /** Null for a new rule. */
  ruleId: string | null;
  choices: EditorChoices;
  saving: Saving<RuleValues, { id: string; ifVersion: number }, { id: string }>;
}

/** One page for a whole rule: what it does in words, its parts, and beside them what it would have done. */
export function RuleEditor({ start, ruleId, choices, saving }: RuleEditorProps) {
  const router = useRouter();
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [hours, setHours] = useState<PreviewHours>(24);
  const [told, setTold] = useState<ShownFailure['issues']>([]);
  const [tried, setTried] = useState(false);
  const [pending, startTransition] = useTransition();
  const state = useDraft(start, told, tried);
  const { draft, definition } = state;
  const readable = state.issues.every(({ path }) => WRONG_ON_SAVE.includes(path));
  const preview = usePreview(draft.name, definition, hours, readable);
  if (preview.issues !== told) setTold(preview.issues);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (state.issues.length > 0) return showFirst(event.currentTarget);
    startTransition(async () => {
      const answer = await savingAction(saving)({
        name: draft.name.trim(),
        enabled: draft.enabled,
        definition,
      });
      setFailure(answer.ok ? null : answer.error);
      if (answer.ok) router.push(paths.alertRule(answer.data.id));
    });
  };
  return (
    <form
      onSubmit={submit}
      noValidate
      className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_minmax(360px,44%)]"
    >
      <div className="flex min-w-0 flex-col gap-3">
        <NameCard state={state} failure={failure} />
        <WhatSection state={state} choices={choices} />
        <WhenSection state={state} />
        <PatienceSection state={state} />
        <MessageSection state={state} example={preview.preview?.example ?? null} />
      </div>
      <div className="flex min-w-0 flex-col gap-3 lg:sticky lg:top-16">
        <PreviewPanel definition={definition} state={preview} hours={hours} onHours={setHours} />
      </div>
      <FormActions
        cancel={ruleId === null ? paths.alertRules() : paths.alertRule(ruleId)}
        save={ruleId === null ? 'Create rule' : 'Save as a new version'}
        pending={pending}
      />
    </form>
  );
}

/** Brings the first field that is wrong into sight, once the messages stand there. */
function showFirst(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

function NameCard({ state, failure }: { state: DraftState; failure: ShownFailure | null }) {
  const { draft, set, errors, definition } = state;
  return (
    <Card label="Rule">
      <div className="flex flex-col gap-3 p-4">
        <TextField
          label="Name"
          value={draft.name}
          maxLength={120}
          placeholder="Error rate of agents"
          error={errors.get('name')}
          autoComplete="off"
          onChange={(event) => set({ name: event.target.value })}
        />
        <p aria-live="polite" className="rounded-md bg-accent-tint px-3 py-2 text-sm">
          {ruleSentence(definition)}
        </p>
        <label className="touch inline-flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={draft.enabled}
            onChange={(event) => set({ enabled: event.target.checked })}
          />
          Evaluated from when it is saved
        </label>
        <SaveFailure failure={failure} />
      </div>
    </Card>
  );
}
