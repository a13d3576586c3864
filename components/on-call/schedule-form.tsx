'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { type Rotation, SHIFT_UNITS } from '#lib/model/on-call.ts';
import type { Person } from '#lib/model/on-call-view.ts';
import { paths } from '#lib/model/paths.ts';
import { isAhead, lastHandOff } from './first-hand-off.ts';
import { OrderList } from './order-list.tsx';
import { placed } from './placed.ts';
import { unableReason } from './unable-words.ts';
import { WindowFields } from './window-fields.tsx';

export interface ScheduleValues {
  name: string;
  timeZone: string;
  rotations: Rotation[];
}

function RotationFields(props: {
  rotation: Rotation;
  people: readonly Person[];
  /** Nobody is on call by it yet. */
  ahead: boolean;
  onChange: (rotation: Rotation) => void;
  onRemove: () => void;
}) {
  const { rotation, people, ahead, onChange, onRemove } = props;
  const set = (values: Partial<Rotation>) => onChange({ ...rotation, ...values });
  const choices = people.map((person) => ({
    id: person.id,
    label: person.isPresent ? person.name : `${person.name} (has left)`,
    warning: unableReason(person),
  }));
  return (
    <Card label={rotation.name}>
      <CardHeader title={rotation.name || 'Rotation'}>
        <Button size="sm" variant="danger" onClick={onRemove}>
          Remove rotation
        </Button>
      </CardHeader>
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">
        <TextField
          label="Name"
          required
          maxLength={80}
          value={rotation.name}
          onChange={({ target }) => set({ name: target.value })}
        />
        <TextField
          label="First hand-off"
          type="datetime-local"
          required
          hint={
            ahead
              ? 'Nobody is on call by this rotation until then.'
              : 'Later hand-offs keep its time of the day.'
          }
          value={rotation.startsAt}
          onChange={({ target }) => set({ startsAt: target.value })}
        />
        <div className="flex items-end gap-2">
          <TextField
            label="A shift lasts"
            type="number"
            min={1}
            max={366}
            required
            value={rotation.shift.length}
            onChange={({ target }) => set({ shift: { ...rotation.shift, length: Number(target.value) } })}
          />
          <Select
            label="Unit of the shift"
            value={rotation.shift.unit}
            onChange={({ target }) =>
              set({
                shift: { ...rotation.shift, unit: SHIFT_UNITS.find((u) => u === target.value) ?? 'weeks' },
              })
            }
          >
            {SHIFT_UNITS.map((unit) => (
              <option key={unit}>{unit}</option>
            ))}
          </Select>
        </div>
        <TextField
          label="Ends"
          type="datetime-local"
          optional
          value={rotation.endsAt ?? ''}
          onChange={({ target }) => set({ endsAt: target.value || null })}
        />
        <OrderList
          label="Take turns in this order"
          add="Add a person"
          ids={rotation.participants}
          choices={choices}
          onChange={(participants) => set({ participants })}
        />
        <WindowFields
          label="Only in these hours"
          none="Around the clock."
          windows={rotation.restrictions}
          onChange={(restrictions) => set({ restrictions })}
        />
      </div>
    </Card>
  );
}

const newRotation = (place: number, startsAt: string): Rotation => ({
  name: place === 0 ? 'Primary' : `Rotation ${place + 1}`,
  participants: [],
  startsAt,
  endsAt: null,
  shift: { unit: 'weeks', length: 1 },
  restrictions: [],
});

/** Makes or changes a schedule. Later rotations stand above the earlier ones. */
export function ScheduleForm(props: {
  /** Null for a new one. */
  id: string | null;
  values: ScheduleValues;
  people: readonly Person[];
  zones: readonly string[];
  /** Now as the page was made: new rotations have begun by then. */
  renderedAtMs: number;
  save: BoundAction<ScheduleValues, { id: string }>;
}) {
  const router = useRouter();
  const [values, setValues] = useState(props.values);
  const { save, pending, failure } = useSave(props.save, ({ id }) => router.push(paths.schedule(id)));
  const { rotations, timeZone } = values;
  const { renderedAtMs } = props;
  const setRotations = (changed: Rotation[]) => setValues({ ...values, rotations: changed });
  const setZone = (zone: string) => {
    const [former, begin] = [lastHandOff(timeZone, renderedAtMs), lastHandOff(zone, renderedAtMs)];
    // Those of a schedule that is already in use begin when they were said to.
    const follows = (startsAt: string) => props.id === null && startsAt === former;
    const moved = rotations.map((one) => (follows(one.startsAt) ? { ...one, startsAt: begin } : one));
    setValues({ ...values, timeZone: zone, rotations: moved });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(values);
  };
  return (
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-3">
      <Card label="Schedule">
        <div className="grid gap-4 p-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={80}
            value={values.name}
            onChange={({ target }) => setValues({ ...values, name: target.value })}
          />
          <TextField
            label="Time zone"
            required
            list="time-zones"
            hint="Hand-offs stay at their local time when the clock changes."
            value={timeZone}
            onChange={({ target }) => setZone(target.value)}
          />
          <datalist id="time-zones">
            {props.zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
      </Card>
      {placed(rotations).map(({ place: at, value: rotation }) => (
        <RotationFields
          key={at}
          rotation={rotation}
          people={props.people}
          ahead={isAhead(rotation.startsAt, timeZone, renderedAtMs)}
          onChange={(changed) => setRotations(rotations.map((one, i) => (i === at ? changed : one)))}
          onRemove={() => setRotations(rotations.filter((_one, i) => i !== at))}
        />
      ))}
      <div>
        <Button
          onClick={() =>
            setRotations([...rotations, newRotation(rotations.length, lastHandOff(timeZone, renderedAtMs))])
          }
        >
          Add rotation
        </Button>
      </div>
      <SaveFailure failure={failure} />
      <FormActions
        cancel={props.id === null ? paths.onCall() : paths.schedule(props.id)}
        save="Save schedule"
        pending={pending}
      />
    </form>
  );
}
