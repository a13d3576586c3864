'use client';

import { useCallback, useMemo } from 'react';
import type { RequestFailure } from '#components/live/ask.ts';
import { useTeamEvents } from '#components/live/hooks.ts';
import { useFreshest } from '#components/live/use-freshest.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { readDeployments } from '../ask.ts';
import { ACTIVE_QUERY, type DeploymentFilter, listQuery } from './deployment-filter.ts';
import { newestRows, withChange } from './newest-rows.ts';

/** What the page was rendered with. */
export interface ListStart {
  rows: readonly DeploymentRow[];
  nextCursor: string | null;
  /** All that are not over, whatever the filter. */
  active: readonly DeploymentRow[];
}

interface Listed extends ListStart {
  /** The filter that it was read with. */
  key: string;
}

const REST_MS = 1000;

function newer(before: Listed, answer: Listed): Listed {
  const known = [...before.rows, ...before.active];
  return {
    ...answer,
    rows: newestRows(known, answer.rows),
    active: newestRows(known, answer.active),
  };
}

/** The deployments that a filter shows: read once by the server, then kept true by events. */
export function useDeployments(
  filter: DeploymentFilter,
  start: ListStart,
): ListStart & { isLoading: boolean; failure: RequestFailure | null; refresh: () => Promise<void> } {
  const query = useMemo(() => listQuery(filter), [filter]);
  const key = JSON.stringify(query);
  const read = useCallback(async (): Promise<Listed> => {
    const [page, active] = await Promise.all([readDeployments(query), readDeployments(ACTIVE_QUERY)]);
    return { key, rows: page.items, nextCursor: page.nextCursor, active: active.items };
  }, [key, query]);
  const { value, failure, refresh, change } = useFreshest<Listed>({ ...start, key }, read, newer, REST_MS);
  useTeamEvents((event) => {
    if (event.type !== 'deployment.changed' && event.type !== 'resync') return;
    if (event.type === 'deployment.changed')
      change((before) => ({
        ...before,
        rows: withChange(before.rows, event),
        active: withChange(before.active, event),
      }));
    void refresh();
  });
  const isLoading = value.key !== key;
  return { ...value, isLoading, failure, refresh };
}
