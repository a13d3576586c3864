'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { Segmented } from '#components/ui/segmented.tsx';
import { useNow } from '#components/ui/use-now.ts';
import { useSave } from '#components/ui/use-save.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import type { MaintenanceWhen } from '#lib/model/maintenance.ts';
import type { KnownLabels } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { isTimeZone } from '#lib/model/zoned-time.ts';
import { IntervalFields } from './interval-fields.tsx';
import { type MaintenanceDraft, readMaintenance } from './maintenance-draft.ts';
import { MatcherFields } from './matcher-fields.tsx';
import { MatchingAlerts } from './matching-alerts.tsx';
import { Occurrences } from './occurrences.tsx';
import type { AskMatching } from './use-matching.ts';

interface MaintenanceValues {
  name: string;
  matchers: LabelMatcher[];
  timeZone: string;
  when: MaintenanceWhen;
  enabled: boolean;
}

interface MaintenanceFormProps {
  start: MaintenanceDraft;
  isNew: boolean;
  known: KnownLabels;
  zones: readonly string[];
  saving: Saving<MaintenanceValues, { id: string }, { id: string }>;
  ask: AskMatching;
  renderedAtMs: number;
}

const KINDS = [
  { value: 'once', label: 'Once' },
  { value: 'recurring', label: 'Again and again' },
] as const;

/** Planned quiet: for what and when; beside it the next times and what it would mute now. */
export function MaintenanceForm(props: MaintenanceFormProps) {
  const { start, isNew, known, saving, ask } = props;
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const { save, pending, failure } = useSave(savingAction(saving), () => router.push(paths.maintenance()));
  const set = (part: Partial<MaintenanceDraft>) => setDraft({ ...draft, ...part });
  const { when, issues } = readMaintenance(draft, isTimeZone(draft.timeZone));
  const own = tried ? issues : [];
  const errors = new Map([...(failure?.issues ?? []), ...own].map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { name, matchers, timeZone, enabled } = draft;
    if (when !== null) save({ name, matchers, timeZone, when, enabled });
  };
  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_400px]">
      <Card label="Maintenance window">
        <div className="flex flex-col gap-4 p-4">
          <TextField
            label="Name"
            value={draft.name}
            maxLength={120}
            placeholder="Weekly model update"
            error={errors.get('name')}
            onChange={(event) => set({ name: event.target.value })}
          />
          <MatcherFields
            legend="Quiet for alerts whose"
            matchers={draft.matchers}
            known={known}
            errors={errorsBelow(errors, 'matchers')}
            onChange={(matchers) => set({ matchers })}
          />
          <When draft={draft} set={set} errors={errors} zones={props.zones} />
          <label className="touch inline-flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={draft.enabled}
              onChange={(event) => set({ enabled: event.target.checked })}
            />
            In force
          </label>
          <SaveFailure failure={failure} fields />
        </div>
      </Card>
      <div className="flex min-w-0 flex-col gap-3">
        <NextTimes
          when={when}
          fault={issues[0]?.message}
          zone={draft.timeZone}
          renderedAtMs={props.renderedAtMs}
        />
        <MatchingAlerts title="If it were on now" verb="would mute" matchers={draft.matchers} ask={ask} />
      </div>
      <FormActions
        cancel={paths.maintenance()}
        save={isNew ? 'Plan maintenance' : 'Save changes'}
        pending={pending}
      />
    </form>
  );
}

function NextTimes(props: {
  when: MaintenanceWhen | null;
  /** Why there are none. */
  fault: string | undefined;
  zone: string;
  renderedAtMs: number;
}) {
  const now = useNow(props.renderedAtMs);
  const minute = Math.floor(now / 60_000) * 60_000;
  return (
    <Card label="Next times">
      <CardHeader title="Next times" hint={props.zone} />
      <div className="px-4 pb-3 text-sm" role="status">
        {props.when ? (
          <Occurrences when={props.when} zone={props.zone} fromMs={minute} count={5} />
        ) : (
          <span className="text-muted">{props.fault} The next times stand here then.</span>
        )}
      </div>
    </Card>
  );
}

function When(props: {
  draft: MaintenanceDraft;
  set: (part: Partial<MaintenanceDraft>) => void;
  errors: ReadonlyMap<string, string>;
  zones: readonly string[];
}) {
  const { draft, set, errors, zones } = props;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <Segmented label="How often" value={draft.kind} options={KINDS} onChange={(kind) => set({ kind })} />
        <div className="min-w-0 flex-1 basis-52">
          <TextField
            label="Time zone"
            value={draft.timeZone}
            list="maintenance-zones"
            error={errors.get('timeZone')}
            onChange={(event) => set({ timeZone: event.target.value.trim() })}
          />
        </div>
        <datalist id="maintenance-zones">
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      {draft.kind === 'once' ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            type="datetime-local"
            label="Starts"
            hint="By the clock of the zone."
            value={draft.startsAt}
            error={errors.get('when.startsAt')}
            onChange={(event) => set({ startsAt: event.target.value })}
          />
          <TextField
            type="datetime-local"
            label="Ends"
            value={draft.endsAt}
            error={errors.get('when.endsAt')}
            onChange={(event) => set({ endsAt: event.target.value })}
          />
        </div>
      ) : (
        <IntervalFields
          intervals={draft.intervals}
          errors={errorsBelow(errors, 'when.intervals')}
          onChange={(intervals) => set({ intervals })}
        />
      )}
    </div>
  );
}
