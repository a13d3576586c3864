'use client';

import { useDeferredValue, useMemo } from 'react';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { AGENT_STATUSES, type AgentStatus } from '#lib/model/agent.ts';
import { type AgentFilter, type AgentOrder, ORDERS } from './order.ts';

interface FilterState {
  filter: AgentFilter;
  order: AgentOrder;
  reversed: boolean;
  set: (name: 'q' | 'type' | 'owner', value: string) => void;
  toggleStatus: (status: AgentStatus) => void;
  sortBy: (order: AgentOrder) => void;
  clear: () => void;
  /** Whether anything narrows the list beside the environment. */
  narrowed: boolean;
}

const isOrder = (value: string | null): value is AgentOrder => value !== null && Object.hasOwn(ORDERS, value);
const isStatus = (value: string): value is AgentStatus =>
  (AGENT_STATUSES as readonly string[]).includes(value);

function put(search: URLSearchParams, name: string, value: string): void {
  if (value === '') search.delete(name);
  else search.set(name, value);
}

/** Filter and order of the agent list, kept in the URL. */
export function useAgentFilter(): FilterState {
  const [params, write] = useUrlState();
  const key = useDeferredValue(params.toString());
  const filter = useMemo<AgentFilter>(() => {
    const search = new URLSearchParams(key);
    return {
      q: search.get('q') ?? '',
      environment: search.get('env') ?? '',
      statuses: (search.get('status') ?? '').split(',').filter(isStatus),
      type: search.get('type') ?? '',
      owner: search.get('owner') ?? '',
    };
  }, [key]);
  const sort = params.get('sort');
  const order: AgentOrder = isOrder(sort) ? sort : 'attention';
  const reversed = params.get('order') === 'desc';

  return {
    filter,
    order,
    reversed,
    set: (name, value) => write((search) => put(search, name, value), 'replace'),
    toggleStatus: (status) =>
      write((search) => {
        const chosen = filter.statuses.includes(status)
          ? filter.statuses.filter((each) => each !== status)
          : [...filter.statuses, status];
        put(search, 'status', chosen.join(','));
      }, 'replace'),
    sortBy: (next) =>
      write((search) => {
        put(search, 'order', next === order && !reversed ? 'desc' : '');
        put(search, 'sort', next === 'attention' ? '' : next);
      }, 'replace'),
    clear: () =>
      write((search) => {
        for (const name of ['q', 'status', 'type', 'owner']) search.delete(name);
      }, 'replace'),
    narrowed: filter.q !== '' || filter.statuses.length > 0 || filter.type !== '' || filter.owner !== '',
  };
}
