'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import { Card } from '#components/ui/card.tsx';
import { DateTimeField } from '#components/ui/date-time-field.tsx';
import { TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { useKnownZone } from '#components/ui/time-zone.tsx';
import { useNow } from '#components/ui/use-now.ts';
import { useSave } from '#components/ui/use-save.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { formatDuration } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { frozenPlace } from './freeze-words.ts';
import { type AskHeld, HeldDeployments } from './held-deployments.tsx';

export interface FreezeDraft {
  name: string;
  environment: string;
  /** Unix milliseconds; null while nothing that can be read is typed. */
  startsAt: number | null;
  endsAt: number | null;
}

interface FreezeValues {
  name: string;
  environment: string;
  startsAt: number;
  endsAt: number;
}

interface FreezeFormProps {
  start: FreezeDraft;
  isNew: boolean;
  environments: readonly string[];
  saving: Saving<FreezeValues, { id: string; ifUpdatedAt: number }, { id: string }>;
  ask: AskHeld;
  renderedAtMs: number;
}

/** What keeps a draft from being saved, by field. */
function faultsOf({ startsAt, endsAt }: FreezeDraft): Map<string, string> {
  const faults = new Map<string, string>();
  if (startsAt === null) faults.set('startsAt', 'Say when it starts.');
  if (endsAt === null) faults.set('endsAt', 'Say when it ends.');
  else if (startsAt !== null && endsAt <= startsAt) faults.set('endsAt', 'It must end after it starts.');
  return faults;
}

/** When nothing is deployed, and where; beside it which deployments that would hold. */
export function FreezeForm(props: FreezeFormProps) {
  const { start, isNew, environments, saving, ask } = props;
  const router = useRouter();
  const list = useId();
  const now = useNow(props.renderedAtMs);
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const { save, pending, failure } = useSave(savingAction(saving), () => router.push(paths.freezeWindows()));
  const set = (part: Partial<FreezeDraft>) => setDraft({ ...draft, ...part });
  const faults = faultsOf(draft);
  const errors = new Map([
    ...(failure?.issues ?? []).map(({ path, message }) => [path, message] as const),
    ...(tried ? faults : []),
  ]);
  const environment = draft.environment.trim() || EVERY_ENVIRONMENT;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { name, startsAt, endsAt } = draft;
    if (startsAt !== null && endsAt !== null && faults.size === 0)
      save({ name, environment, startsAt, endsAt });
  };
  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_400px]">
      <Card label="Freeze window">
        <div className="flex flex-col gap-4 p-4">
          <TextField
            label="Name"
            value={draft.name}
            maxLength={128}
            placeholder="End of the year"
            hint="Whoever is held by it reads this."
            error={errors.get('name')}
            onChange={({ target }) => set({ name: target.value })}
          />
          <TextField
            label="Environment"
            optional
            value={draft.environment}
            maxLength={64}
            list={list}
            placeholder="every environment"
            error={errors.get('environment')}
            onChange={({ target }) => set({ environment: target.value })}
          />
          <datalist id={list}>
            {environments.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
          <Times draft={draft} set={set} errors={errors} nowMs={now} />
          <SaveFailure failure={failure} fields />
        </div>
      </Card>
      <HeldDeployments
        environment={environment}
        when={draft.startsAt !== null && draft.startsAt <= now ? 'on' : 'planned'}
        ask={ask}
      />
      <FormActions
        cancel={paths.freezeWindows()}
        save={isNew ? 'Plan freeze' : 'Save changes'}
        pending={pending}
      />
    </form>
  );
}

function Times(props: {
  draft: FreezeDraft;
  set: (part: Partial<FreezeDraft>) => void;
  errors: ReadonlyMap<string, string>;
  nowMs: number;
}) {
  const { draft, set, errors, nowMs } = props;
  const { startsAt, endsAt, environment } = draft;
  const zone = useKnownZone();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <DateTimeField
        label="Starts"
        atMs={startsAt}
        error={errors.get('startsAt')}
        onChange={(at) => set({ startsAt: at })}
      />
      <DateTimeField
        label="Ends"
        atMs={endsAt}
        error={errors.get('endsAt')}
        onChange={(at) => set({ endsAt: at })}
      />
      <p className="text-xs text-muted sm:col-span-2">
        {startsAt !== null && endsAt !== null && endsAt > startsAt && (
          <>
            Nothing is deployed to {frozenPlace(environment.trim() || EVERY_ENVIRONMENT)} for{' '}
            {formatDuration(endsAt - startsAt)}
            {startsAt <= nowMs && ', from now on'}.{' '}
          </>
        )}
        {zone !== null && `Times are in your zone, ${zone}.`}
      </p>
    </div>
  );
}
