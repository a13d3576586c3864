'use client';

import { TextArea, TextField } from '#components/ui/field.tsx';
import { Severity } from '#components/ui/severity.tsx';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { EditorSection, MoreFields } from './editor-section.tsx';
import { KeyTextFields } from './key-text-fields.tsx';
import type { DraftState } from './use-draft.ts';

type Example = RulePreview['example'];

/** What people are told, with a live example of it. */
export function MessageSection({ state, example }: { state: DraftState; example: Example | null }) {
  const { draft, set, errors } = state;
  const problems = new Map(example?.problems.map(({ path, message }) => [path, message]));
  const wrong = (path: string) => errors.get(path) ?? problems.get(path);
  const wrongIn = (path: string) =>
    errors.get(path) ?? [...problems].find(([at]) => at.startsWith(`${path}.`))?.[1];
  return (
    <EditorSection
      title="What people are told"
      hint="{{ value }}, {{ threshold }}, {{ severity }}, {{ rule }}, {{ reason }} and every label by its name, {{ agent }} for one, are filled in."
    >
      <div className="flex flex-col gap-4 sm:col-span-2">
        <TextField
          label="Title"
          optional
          value={draft.title}
          placeholder="{{ rule }}: {{ agent }}"
          error={wrong('title')}
          onChange={(event) => set({ title: event.target.value })}
        />
        <TextArea
          label="Message"
          optional
          value={draft.message}
          placeholder="{{ reason }}"
          error={wrong('message')}
          onChange={(event) => set({ message: event.target.value })}
        />
        {example !== null && example.title !== '' && <ExampleCard draft={draft} example={example} />}
        <TextField
          label="Runbook"
          optional
          inputMode="url"
          value={draft.runbookUrl}
          placeholder="https://"
          hint="Stands in every message and on the alert."
          error={wrong('runbookUrl')}
          onChange={(event) => set({ runbookUrl: event.target.value })}
        />
      </div>
      <MoreFields
        label="Labels and annotations"
        open={wrongIn('labels') !== undefined || draft.labels.length > 0}
      >
        <KeyTextFields
          legend="Labels"
          hint="Routes and silences match by them."
          pairs={draft.labels}
          error={wrongIn('labels')}
          onChange={(labels) => set({ labels })}
        />
        <KeyTextFields
          legend="Annotations"
          hint="More words for people."
          pairs={draft.annotations}
          error={wrongIn('annotations')}
          onChange={(annotations) => set({ annotations })}
        />
      </MoreFields>
    </EditorSection>
  );
}

function ExampleCard({ draft, example }: { draft: DraftState['draft']; example: Example }) {
  const severity = draft.critical.trim() === '' ? draft.severityWarning : draft.severityCritical;
  return (
    <figure className="rounded-md border border-line bg-sunken px-3 py-2.5">
      <figcaption className="mb-1 text-xs text-muted">Example</figcaption>
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <Severity severity={severity} />
        <span className="min-w-0 font-medium wrap-anywhere">{example.title}</span>
      </p>
      <p className="text-sm wrap-anywhere whitespace-pre-wrap text-muted">{example.message}</p>
    </figure>
  );
}
