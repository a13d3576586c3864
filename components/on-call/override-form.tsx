'use client';

import type { FormEvent } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import type { OverrideView, Person, ScheduleDetail } from '#lib/model/on-call-view.ts';
import { instantOf, parseWallTime } from '#lib/model/zoned-time.ts';
import { momentWords } from './moments.ts';
import { SaveFailure } from './save-failure.tsx';
import { useSave } from './use-save.ts';

interface NewOverride {
  scheduleId: string;
  userId: string | null;
  startsAt: number;
  endsAt: number;
}

interface OverrideActions {
  create: BoundAction<NewOverride, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
}

const NOBODY = 'nobody';

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
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-sm">
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium">{name}</span>
        {override.replaces && <span className="text-muted"> for {override.replaces.name}</span>}
        <span className="block text-xs text-muted tabular-nums">
          {momentWords(zone, override.startsAt)} to {momentWords(zone, override.endsAt)}
        </span>
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
export function Overrides({
  schedule,
  people,
  actions,
}: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  actions: OverrideActions | null;
}) {
  const { timeZone } = schedule;
  return (
    <Card label="Overrides">
      <CardHeader title="Overrides" hint="stand above every rotation" />
      <ul>
        {schedule.overrides.map((override) => (
          <OverrideRow
            key={override.id}
            override={override}
            zone={timeZone}
            remove={actions?.remove ?? null}
          />
        ))}
      </ul>
      {actions && <NewOverrideForm schedule={schedule} people={people} create={actions.create} />}
    </Card>
  );
}

function NewOverrideForm({
  schedule,
  people,
  create,
}: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  create: OverrideActions['create'];
}) {
  const { id, timeZone } = schedule;
  const { save, pending, failure } = useSave(create);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const instant = (name: string) => instantOf(timeZone, parseWallTime(String(form.get(name) ?? '')));
    const who = String(form.get('userId'));
    save({
      scheduleId: id,
      userId: who === NOBODY ? null : who,
      startsAt: instant('startsAt'),
      endsAt: instant('endsAt'),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 border-t border-line px-4 py-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">Who</span>
          <Select label="Who" name="userId">
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
            <option value={NOBODY}>Nobody</option>
          </Select>
        </div>
        <TextField label="From" name="startsAt" type="datetime-local" required hint={timeZone} />
        <TextField label="To" name="endsAt" type="datetime-local" required hint={timeZone} />
      </div>
      <SaveFailure failure={failure} />
      <div>
        <Button type="submit" pending={pending}>
          Add override
        </Button>
      </div>
    </form>
  );
}
