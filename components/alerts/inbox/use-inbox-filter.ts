'use client';

import { useDeferredValue, useMemo } from 'react';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { filterOfSearch, type InboxFilter } from './inbox-filter.ts';

/** How the inbox is narrowed, kept in the address. An empty value takes a filter away. */
export function useInboxFilter(): {
  filter: InboxFilter;
  set: (name: 'status' | 'severity' | 'mine' | 'agent' | 'q' | 'group', value: string) => void;
  clear: () => void;
} {
  const [params, write] = useUrlState();
  const key = useDeferredValue(params.toString());
  const filter = useMemo(() => filterOfSearch(new URLSearchParams(key)), [key]);
  return {
    filter,
    set: (name, value) =>
      write(
        (search) => (value === '' ? search.delete(name) : search.set(name, value)),
        name === 'status' ? 'push' : 'replace',
      ),
    clear: () =>
      write((search) => {
        for (const name of ['severity', 'mine', 'agent', 'q']) search.delete(name);
      }, 'replace'),
  };
}
