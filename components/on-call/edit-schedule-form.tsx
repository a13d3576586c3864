'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import type { Person, ScheduleDetail } from '#lib/model/on-call-view.ts';
import { ScheduleForm, type ScheduleValues } from './schedule-form.tsx';

type Update = BoundAction<ScheduleValues & { id: string; ifUpdatedAt: number }, { id: string }>;

/** Changes a schedule as it was seen; a change by somebody else in between is refused. */
export function EditScheduleForm(props: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  zones: readonly string[];
  renderedAtMs: number;
  update: Update;
}) {
  const { id, name, timeZone, rotations, updatedAt } = props.schedule;
  return (
    <ScheduleForm
      id={id}
      values={{ name, timeZone, rotations }}
      people={props.people}
      zones={props.zones}
      renderedAtMs={props.renderedAtMs}
      save={(values) => props.update({ ...values, id, ifUpdatedAt: updatedAt })}
    />
  );
}
