'use client';

import { useCallback, useMemo, useState } from 'react';

/** Which of the rows that are shown are selected; what leaves the list is no longer. */
export interface Selection<Row> {
  ids: ReadonlySet<string>;
  rows: readonly Row[];
  toggle: (id: string) => void;
  /** Selects these and no others. */
  choose: (ids: readonly string[]) => void;
  clear: () => void;
}

export function useSelection<Row extends { id: string }>(rows: readonly Row[]): Selection<Row> {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = useMemo(() => rows.filter(({ id }) => chosen.has(id)), [rows, chosen]);
  // What left is forgotten, or it would be selected again once a filter is taken back.
  if (selected.length < chosen.size) setChosen(new Set(selected.map(({ id }) => id)));
  const ids = useMemo(() => new Set(selected.map(({ id }) => id)), [selected]);
  const toggle = useCallback((id: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const choose = useCallback((wanted: readonly string[]) => setChosen(new Set(wanted)), []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return { ids, rows: selected, toggle, choose, clear };
}
