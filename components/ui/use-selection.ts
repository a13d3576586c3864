'use client';

import { useCallback, useMemo, useState } from 'react';
import type { AlertRow } from '#lib/model/alert-view.ts';

/** Which of the alerts that are shown are selected; what leaves the list is no longer. */
export function useSelection(rows: readonly AlertRow[]): {
  ids: ReadonlySet<string>;
  rows: readonly AlertRow[];
  toggle: (id: string) => void;
  clear: () => void;
} {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = useMemo(() => rows.filter(({ id }) => chosen.has(id)), [rows, chosen]);
  const ids = useMemo(() => new Set(selected.map(({ id }) => id)), [selected]);
  const toggle = useCallback((id: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return { ids, rows: selected, toggle, clear };
}
