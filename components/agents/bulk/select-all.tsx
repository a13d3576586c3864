'use client';

import { useEffect, useRef } from 'react';
import type { Selection } from '#components/ui/use-selection.ts';
import type { FleetAgent } from '../fleet.ts';

/** Selects every agent that is shown, those too that are not on screen; again: none. */
export function SelectAll(props: { agents: readonly FleetAgent[]; selection: Selection<FleetAgent> }) {
  const { agents, selection } = props;
  const box = useRef<HTMLInputElement>(null);
  const all = agents.length > 0 && selection.rows.length === agents.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = !all && selection.rows.length > 0;
  }, [all, selection.rows]);
  return (
    <label className="touch -ml-2 inline-flex size-7 items-center justify-center align-middle">
      <input
        ref={box}
        type="checkbox"
        className="size-4 accent-(--n-12)"
        aria-label="Select all agents shown"
        checked={all}
        onChange={() => (all ? selection.clear() : selection.choose(agents.map(({ id }) => id)))}
      />
    </label>
  );
}
