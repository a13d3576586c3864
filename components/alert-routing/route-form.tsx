'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { OrderList } from '#components/on-call/order-list.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { useSave } from '#components/ui/use-save.ts';
import type { KnownLabels } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { MatcherFields } from './matcher-fields.tsx';
import { MatchingAlerts } from './matching-alerts.tsx';
import { type RouteDraft, type RouteValues, readRoute } from './route-draft.ts';
import { groupWords, targetWords } from './route-words.ts';
import type { AskMatching } from './use-matching.ts';

interface Choice {
  id: string;
  label: string;
}

interface RouteFormProps {
  start: RouteDraft;
  /** The one that takes everything else has no conditions. */
  isDefault: boolean;
  isNew: boolean;
  channels: readonly Choice[];
  policies: readonly Choice[];
  known: KnownLabels;
  /** Its place among the others. */
  position: number;
  saving: Saving<RouteValues & { position: number }, { id: string }, { id: string }>;
  ask: AskMatching;
}

interface PartProps {
  draft: RouteDraft;
  set: (part: Partial<RouteDraft>) => void;
  errors: ReadonlyMap<string, string>;
}

/** Which alerts, told to whom, and how patiently. */
export function RouteForm(props: RouteFormProps) {
  const { start, isDefault, isNew, channels, policies, known, position, saving, ask } = props;
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const { save, pending, failure } = useSave(savingAction(saving), () => router.push(paths.alertRouting()));
  const set = (part: Partial<RouteDraft>) => setDraft({ ...draft, ...part });
  const { values, issues } = readRoute(draft);
  const all = [...(failure?.issues ?? []), ...(tried ? issues : [])];
  const errors = new Map(all.map(({ path, message }) => [path, message]));
  const names = new Map([...channels, ...policies].map(({ id, label }) => [id, label]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (issues.length === 0) save({ ...values, position });
  };
  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_400px]">
      <div className="flex min-w-0 flex-col gap-3">
        <Card label="Route">
          <div className="flex flex-col gap-4 p-4">
            <TextField
              label="Name"
              value={draft.name}
              maxLength={120}
              error={errors.get('name')}
              onChange={(event) => set({ name: event.target.value })}
            />
            <p aria-live="polite" className="rounded-md bg-accent-tint px-3 py-2 text-sm">
              {targetWords(values, names)} {groupWords(values)}
            </p>
            {isDefault ? (
              <p className="text-sm text-muted">It takes every alert that no other route takes.</p>
            ) : (
              <Takes draft={draft} set={set} errors={errors} known={known} />
            )}
            <SaveFailure failure={failure} fields />
          </div>
        </Card>
        <Targets draft={draft} set={set} errors={errors} channels={channels} policies={policies} />
        <Timers draft={draft} set={set} errors={errors} />
      </div>
      <MatchingAlerts title="Its conditions now" verb="would match" matchers={draft.matchers} ask={ask} />
      <FormActions
        cancel={paths.alertRouting()}
        save={isNew ? 'Create route' : 'Save changes'}
        pending={pending}
      />
    </form>
  );
}

function Takes({ draft, set, errors, known }: PartProps & { known: KnownLabels }) {
  return (
    <>
      <MatcherFields
        legend="Takes alerts whose"
        hint="All conditions must hold; without any it takes every alert that comes to it."
        matchers={draft.matchers}
        known={known}
        errors={errorsBelow(errors, 'matchers')}
        onChange={(matchers) => set({ matchers })}
      />
      <label className="touch inline-flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={draft.continues}
          onChange={(event) => set({ continues: event.target.checked })}
        />
        Routes after it are asked too
      </label>
    </>
  );
}

function Targets(props: PartProps & Pick<RouteFormProps, 'channels' | 'policies'>) {
  const { draft, set, errors, channels, policies } = props;
  return (
    <Card label="Who is told">
      <CardHeader title="Who is told" />
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">
        <div className="min-w-0">
          <OrderList
            label="Channels"
            add="Add a channel"
            ids={draft.channelIds}
            choices={channels}
            onChange={(channelIds) => set({ channelIds })}
          />
          {errors.get('channelIds') !== undefined && (
            <p role="alert" className="text-xs text-critical-text">
              {errors.get('channelIds')}
            </p>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <SelectField
            label="When channels are broken"
            hint="Takes over from channels that cannot be reached."
            value={draft.fallbackChannelId}
            onChange={(event) => set({ fallbackChannelId: event.target.value })}
          >
            <option value="">nobody else</option>
            {channels.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Pages people by"
            hint="An escalation policy; it goes on until somebody acknowledges."
            error={errors.get('escalationPolicyId')}
            value={draft.escalationPolicyId}
            onChange={(event) => set({ escalationPolicyId: event.target.value })}
          >
            <option value="">no policy</option>
            {policies.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </SelectField>
        </div>
      </div>
    </Card>
  );
}

function Timers({ draft, set, errors }: PartProps) {
  return (
    <Card label="Grouping and timers">
      <CardHeader title="Grouping and timers" hint="as in Alertmanager, with its defaults" />
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">
        <TextField
          label="Told together by"
          value={draft.groupBy}
          hint="Labels by commas; empty: all in one; ... : each alone."
          error={[...errorsBelow(errors, 'groupBy').values()][0]}
          onChange={(event) => set({ groupBy: event.target.value })}
        />
        <TextField
          label="Group wait"
          value={draft.groupWait}
          hint="How long the first message waits for more. Default 30s."
          error={errors.get('groupWaitSeconds')}
          onChange={(event) => set({ groupWait: event.target.value })}
        />
        <TextField
          label="Group interval"
          value={draft.groupInterval}
          hint="How often changes of a group are told. Default 5m."
          error={errors.get('groupIntervalSeconds')}
          onChange={(event) => set({ groupInterval: event.target.value })}
        />
        <TextField
          label="Repeat interval"
          value={draft.repeatInterval}
          hint="When an unchanged group is told again. Default 4h, at most 5d."
          error={errors.get('repeatIntervalSeconds')}
          onChange={(event) => set({ repeatInterval: event.target.value })}
        />
      </div>
    </Card>
  );
}
