'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { DateTimeField } from '#components/ui/date-time-field.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { SelectField, TextArea, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { useSave } from '#components/ui/use-save.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import { type KnownLabels, LONGEST_QUIET_MS, TOO_LONG_QUIET } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { readSpan } from '#lib/model/span.ts';

import { MatcherFields } from './matcher-fields.tsx';
import { MatchingAlerts } from './matching-alerts.tsx';
import type { AskMatching } from './use-matching.ts';

export interface SilenceStart {
  matchers: LabelMatcher[];
  comment: string;
  /** How long, as it is typed. */
  span: string;
  /** A start in the future; null: now. */
  startsAt: number | null;
}

type SilenceValues = { matchers: LabelMatcher[]; startsAt?: number; endsAt: number; comment: string };

interface SilenceFormProps {
  start: SilenceStart;
  isNew: boolean;
  known: KnownLabels;
  saving: Saving<SilenceValues, { id: string }, { id: string }>;
  ask: AskMatching;
}

const SPANS = ['1h', '4h', '1d', '7d'];

/** Why a silence can't last so long; null where it can. */
function faultOf(spanMs: number): string | null {
  if (Number.isNaN(spanMs) || spanMs === 0) return 'Write a time like 30m, 2h or 1d.';
  return spanMs > LONGEST_QUIET_MS ? TOO_LONG_QUIET : null;
}

/** What is to be quiet, how long and why; beside it what that would mute now. */
export function SilenceForm({ start, isNew, known, saving, ask }: SilenceFormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [fault, setFault] = useState<string | null>(null);
  const { save, pending, failure } = useSave(savingAction(saving), () => router.push(paths.silences()));
  const set = (part: Partial<SilenceStart>) => setDraft({ ...draft, ...part });
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const spanMs = readSpan(draft.span) * 1000;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = faultOf(spanMs);
    setFault(wrong);
    if (wrong !== null) return;
    const { matchers, comment, startsAt } = draft;
    const endsAt = Math.round((startsAt ?? Date.now()) + spanMs);
    save({ matchers, comment, endsAt, ...(startsAt !== null && { startsAt }) });
  };
  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_400px]">
      <Card label="Silence">
        <div className="flex flex-col gap-4 p-4">
          <MatcherFields
            legend="Quiet for alerts whose"
            hint="All conditions must hold. severity counts as a label."
            matchers={draft.matchers}
            known={known}
            errors={errorsBelow(errors, 'matchers')}
            onChange={(matchers) => set({ matchers })}
          />
          <Times draft={draft} set={set} fault={fault ?? errors.get('endsAt')} />
          <TextArea
            label="Why"
            value={draft.comment}
            placeholder="Deploying the new model; Ada watches it"
            error={errors.get('comment')}
            onChange={(event) => set({ comment: event.target.value })}
          />
          <SaveFailure failure={failure} fields />
        </div>
      </Card>
      <MatchingAlerts title="What it would do now" verb="would mute" matchers={draft.matchers} ask={ask} />
      <FormActions cancel={paths.silences()} save={isNew ? 'Silence' : 'Save changes'} pending={pending} />
    </form>
  );
}

function Times(props: {
  draft: SilenceStart;
  set: (part: Partial<SilenceStart>) => void;
  fault: string | undefined;
}) {
  const { draft, set, fault } = props;
  const spanMs = readSpan(draft.span) * 1000;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="flex flex-col gap-2">
        <TextField
          label="For how long"
          value={draft.span}
          error={fault}
          onChange={(event) => set({ span: event.target.value })}
        />
        <div className="flex flex-wrap gap-1.5">
          {SPANS.map((span) => (
            <Button key={span} size="sm" aria-pressed={draft.span === span} onClick={() => set({ span })}>
              {span}
            </Button>
          ))}
        </div>
      </div>
      <SelectField
        label="From"
        value={draft.startsAt === null ? 'now' : 'later'}
        onChange={(event) =>
          set({
            startsAt: event.target.value === 'now' ? null : Math.ceil(Date.now() / 3_600_000) * 3_600_000,
          })
        }
      >
        <option value="now">now</option>
        <option value="later">a moment to come</option>
      </SelectField>
      {draft.startsAt !== null && (
        <DateTimeField label="Starts" atMs={draft.startsAt} onChange={(startsAt) => set({ startsAt })} />
      )}
      {draft.startsAt !== null && faultOf(spanMs) === null && (
        <p className="text-xs text-muted sm:col-span-2">
          Ends <Moment atMs={draft.startsAt + spanMs} />.
        </p>
      )}
    </div>
  );
}
