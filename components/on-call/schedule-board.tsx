'use client';

import { useRef, useState } from 'react';
import type { Person, ScheduleDetail } from '#lib/model/on-call-view.ts';
import { formatWallTime, instantOf, parseWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';
import { CoverageNotes } from './coverage-notes.tsx';
import { type OverrideActions, Overrides, type TypedStretch } from './override-form.tsx';
import { WeekCalendar } from './week-calendar.tsx';
import type { Stretch } from './week-rows.ts';

const NOTHING: TypedStretch = { from: '', to: '' };

function stretchOf(zone: string, { from, to }: TypedStretch): Stretch | null {
  const [a, b] = [parseWallTime(from), parseWallTime(to)];
  return a < b ? { startsAt: instantOf(zone, a), endsAt: instantOf(zone, b) } : null;
}

/** A week of a schedule and its overrides: what is drawn in the one stands in the form of the other. */
export function ScheduleBoard(props: {
  schedule: ScheduleDetail;
  people: readonly Person[];
  now: number;
  /** Null: it may only be seen. */
  actions: OverrideActions | null;
}) {
  const { schedule, people, now, actions } = props;
  const { timeZone } = schedule;
  const [typed, setTyped] = useState(NOTHING);
  const who = useRef<HTMLSelectElement>(null);
  const choose = ({ startsAt, endsAt }: Stretch) => {
    const wall = (ms: number) => formatWallTime(wallTimeAt(timeZone, ms));
    setTyped({ from: wall(startsAt), to: wall(endsAt) });
    who.current?.scrollIntoView({ block: 'nearest' });
    who.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <WeekCalendar
        schedule={schedule}
        now={now}
        chosen={stretchOf(timeZone, typed)}
        onChoose={actions && choose}
      />
      <CoverageNotes schedule={schedule} />
      <Overrides
        schedule={schedule}
        people={people}
        actions={actions}
        draft={{ typed, setTyped, clear: () => setTyped(NOTHING), who }}
      />
    </>
  );
}
