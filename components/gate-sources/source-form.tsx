'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { useSave } from '#components/ui/use-save.ts';
import type { QueryTemplate, SourceAuthorization } from '#lib/model/gate-source.ts';
import { paths } from '#lib/model/paths.ts';
import {
  authorizationOf,
  type Entry,
  labelsIn,
  newTemplate,
  readTemplate,
  type SourceDraft,
  type TemplateDraft,
} from './source-draft.ts';
import { TemplateFields } from './template-fields.tsx';
import { type TestQuestion, TestValueFields, type TestValues } from './test-question.tsx';

interface SourceValues {
  name: string;
  url: string;
  authorization?: SourceAuthorization | null;
  templates: QueryTemplate[];
}

interface SourceFormProps {
  start: SourceDraft;
  /** Of a source that is kept; none for a new one. */
  kept?: { id: string; hasAuthorization: boolean };
  saving: Saving<SourceValues, { id: string; ifUpdatedAt: number }, { id: string }>;
  test: TestQuestion;
}

const ENTRIES: readonly { entry: Entry; words: string }[] = [
  { entry: 'kept', words: 'As before' },
  { entry: 'none', words: 'Without credentials' },
  { entry: 'bearer', words: 'A token' },
  { entry: 'basic', words: 'A name and a password' },
];

const NO_VALUES: TestValues = { agent: '', environment: '', namespace: '', version: '', baseline: '' };

/** A server of metrics, how it is entered, and the questions that gates may ask it; each can be tried as it is written. */
export function SourceForm({ start, kept, saving, test }: SourceFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const [values, setValues] = useState(NO_VALUES);
  const { save, pending, failure } = useSave(savingAction(saving), () => router.push(paths.gateSources()));
  const set = (part: Partial<SourceDraft>) => setDraft({ ...draft, ...part });
  const read = draft.templates.map(readTemplate);
  const faults = read.flatMap(({ faults: own }, i) =>
    own.map(([path, message]) => [`templates.${i}.${path}`, message] as const),
  );
  const errors = new Map([
    ...(failure?.issues ?? []).map(({ path, message }) => [path, message] as const),
    ...(tried ? faults : []),
  ]);
  const authorization = authorizationOf(draft);
  const entered = authorization === undefined ? {} : { authorization };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { name, url } = draft;
    if (faults.length === 0) save({ name, url, ...entered, templates: read.map(({ template }) => template) });
  };
  const next = Math.max(-1, ...draft.templates.map(({ key }) => key)) + 1;
  const change = (at: number, template: TemplateDraft | null) =>
    set({ templates: draft.templates.flatMap((own, i) => (i === at ? (template ?? []) : own)) });
  return (
    <form onSubmit={submit} noValidate className="flex max-w-4xl flex-col gap-3">
      <Card label="Server">
        <div className="grid gap-4 p-4 sm:grid-cols-2">
          <TextField
            label="Name"
            value={draft.name}
            maxLength={100}
            placeholder="main"
            hint="Gates name it so."
            error={errors.get('name')}
            onChange={({ target }) => set({ name: target.value })}
          />
          <TextField
            label="Address"
            value={draft.url}
            maxLength={2000}
            placeholder="https://prometheus.example.com"
            hint="Without /api/v1."
            error={errors.get('url')}
            onChange={({ target }) => set({ url: target.value })}
          />
          <SelectField
            label="Entered with"
            value={draft.entry}
            error={errors.get('authorization')}
            onChange={({ target }) => set({ entry: target.value as Entry })}
          >
            {ENTRIES.filter(({ entry }) => entry !== 'kept' || kept?.hasAuthorization).map(
              ({ entry, words }) => (
                <option key={entry} value={entry}>
                  {words}
                </option>
              ),
            )}
          </SelectField>
          <EntryFields draft={draft} set={set} errors={errors} />
        </div>
      </Card>
      <TestValueFields
        labels={labelsIn(draft.templates.map(({ query }) => query))}
        values={values}
        onChange={setValues}
      />
      {draft.templates.map((template, i) => (
        <TemplateFields
          key={template.key}
          place={i + 1}
          template={template}
          errors={errorsBelow(errors, `templates.${i}`)}
          ask={async () =>
            test({
              ...(kept && { id: kept.id }),
              ...{ url: draft.url, ...entered, values },
              template: read[i]?.template ?? readTemplate(template).template,
            })
          }
          onChange={(changed) => change(i, changed)}
        />
      ))}
      <div>
        <Button onClick={() => set({ templates: [...draft.templates, newTemplate(next)] })}>
          Add question
        </Button>
      </div>
      {errors.has('templates') && (
        <p role="alert" className="text-sm text-critical-text">
          {errors.get('templates')}
        </p>
      )}
      <SaveFailure failure={failure} fields />
      <FormActions
        cancel={paths.gateSources()}
        save={kept ? 'Save changes' : 'Add source'}
        pending={pending}
      />
    </form>
  );
}

function EntryFields(props: {
  draft: SourceDraft;
  set: (part: Partial<SourceDraft>) => void;
  errors: ReadonlyMap<string, string>;
}) {
  const { draft, set, errors } = props;
  const secret = { type: 'password', autoComplete: 'off' } as const;
  if (draft.entry === 'bearer')
    return (
      <TextField
        {...secret}
        label="Token"
        value={draft.token}
        error={errors.get('authorization.token')}
        onChange={({ target }) => set({ token: target.value })}
      />
    );
  if (draft.entry !== 'basic') return null;
  return (
    <>
      <TextField
        label="User"
        autoComplete="off"
        value={draft.user}
        error={errors.get('authorization.user')}
        onChange={({ target }) => set({ user: target.value })}
      />
      <TextField
        {...secret}
        label="Password"
        value={draft.password}
        error={errors.get('authorization.password')}
        onChange={({ target }) => set({ password: target.value })}
      />
    </>
  );
}
