'use client';

import { type FormEvent, type RefObject, useId, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { OverrideView, Person, ScheduleDetail } from '#lib/model/on-call-view.ts';
import { instantOf, parseWallTime } from '#lib/model/zoned-time.ts';
import { stretchWords } from './moments.ts';
import { unableReason } from './unable-words.ts';

interface NewOverride {
  scheduleId: string;
  userId: string | null;
  startsAt: number;
  endsAt: number;
}

export interface OverrideActions {
  create: BoundAction<NewOverride, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
}

const NOBODY = 'nobody';

/** From when to when, as a person types it: wall times of the schedule's zone. */
export interface TypedStretch {
  from: string;
  to: string;
}

/** What the fields are called where they are read. */
const INSTANTS = { from: 'startsAt', to: 'endsAt' } as const;

/** The override that is being made: when, and where its person is chosen. */
interface OverrideDraft {
  typed: TypedStretch;
  setTyped: (typed: TypedStretch) => void;
  clear: () => void;
  who: RefObject<HTMLSelectElement | null>;
}

function OverrideRow({
  override,
  zone,
  remove,
}: {
  override: OverrideView;
  zone: string;
  remove: OverrideActions['remove'] | null;
}) {
  const { save, pending, failure } = useSave(remove ?? (async () => ({ ok: true, data: { id: '' } })));
  const name = override.person?.name ?? 'Nobody';
  const unable = override.person && unableReason(override.person);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-sm">
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium">{name}</span>
        {override.replaces && <span className="text-muted"> for {override.replaces.name}</span>}
        {unable !== null && <span className="block text-xs text-critical-text">{unable}</span>}
        <span className="block text-xs text-muted tabular-nums">{stretchWords(zone, override)}</span>
      </span>
      {remove && (
        <Button
          size="sm"
          variant="danger"
          pending={pending}
          onClick={() => save({ id: override.id })}
          aria-label={`Remove the override of ${name}`}
        >
          Remove
        </Button>
      )}
      <SaveFailure failure={failure} />
    </li>
  );
}

/** Overrides of the week, and a form for one more. Without `actions` they may only be seen. */
export function Overrides(props: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  actions: OverrideActions | null;
  draft: OverrideDraft;
}) {
  const { schedule, people, actions, draft } = props;
  return (
    <Card label="Overrides">
      <CardHeader title="Overrides" hint="stand above every rotation" />
      {schedule.overrides.length === 0 && (
        <p className="px-4 pb-3 text-sm text-muted">None in this week: rotations decide.</p>
      )}
      <ul>
        {schedule.overrides.map((override) => (
          <OverrideRow
            key={override.id}
            override={override}
            zone={schedule.timeZone}
            remove={actions?.remove ?? null}
          />
        ))}
      </ul>
      {actions && (
        <NewOverrideForm schedule={schedule} people={people} create={actions.create} draft={draft} />
      )}
    </Card>
  );
}

function PersonChoice({ people, who }: { people: readonly Person[]; who: OverrideDraft['who'] }) {
  const id = useId();
  const [chosen, setChosen] = useState('');
  const person = people.find((one) => one.id === chosen);
  const unable = person ? unableReason(person) : null;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        Who
      </label>
      <select
        ref={who}
        id={id}
        name="userId"
        required
        value={chosen}
        onChange={({ target }) => setChosen(target.value)}
        aria-describedby={unable === null ? undefined : `${id}-unable`}
        className="touch h-8 w-full rounded-md border border-line-control bg-surface px-2.5 text-sm text-ink hover:border-faint"
      >
        <option value="" disabled>
          Choose a person
        </option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
        <option value={NOBODY}>Nobody</option>
      </select>
      {person && unable !== null && (
        <p id={`${id}-unable`} className="text-xs wrap-anywhere text-critical-text">
          {person.name} {unable}
        </p>
      )}
    </div>
  );
}

function NewOverrideForm(props: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  create: OverrideActions['create'];
  draft: OverrideDraft;
}) {
  const { id, timeZone } = props.schedule;
  const { typed, setTyped, clear, who } = props.draft;
  const { save, pending, failure } = useSave(props.create, clear);
  const issueAt = (end: keyof TypedStretch) =>
    failure?.issues.find(({ path }) => path === INSTANTS[end])?.message ?? null;
  const isAtField = issueAt('from') !== null || issueAt('to') !== null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const userId = String(new FormData(event.currentTarget).get('userId'));
    const instant = (text: string) => instantOf(timeZone, parseWallTime(text));
    save({
      scheduleId: id,
      userId: userId === NOBODY ? null : userId,
      startsAt: instant(typed.from),
      endsAt: instant(typed.to),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 border-t border-line px-4 py-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <PersonChoice people={props.people} who={who} />
        {(['from', 'to'] as const).map((end) => (
          <TextField
            key={end}
            label={end === 'from' ? 'From' : 'To'}
            type="datetime-local"
            required
            hint={timeZone}
            error={issueAt(end)}
            value={typed[end]}
            onChange={({ target }) => setTyped({ ...typed, [end]: target.value })}
          />
        ))}
      </div>
      <SaveFailure failure={failure} fields={isAtField} />
      <div className="flex gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          Add override
        </Button>
        {(typed.from !== '' || typed.to !== '') && <Button onClick={clear}>Clear</Button>}
      </div>
    </form>
  );
}
