'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useTeamEvents } from '#components/live/hooks.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import type { Page } from '#lib/model/agent-view.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { RECENT_DEPLOYMENTS } from '#lib/model/deployment-view.ts';

/** The latest deployments, and how to ask for them again. */
export interface RecentDeployments {
  items: readonly DeploymentRow[];
  ask: BoundAction<{ limit: number }, Page<DeploymentRow>>;
}

/** Many may change at the same moment: they are asked for once, milliseconds. */
const PATIENCE_MS = 1000;
const NONE: readonly DeploymentRow[] = [];

/** The latest deployments, asked for again a moment after one has changed. */
export function useRecentDeployments(recent: RecentDeployments | null): readonly DeploymentRow[] {
  const initial = recent?.items ?? NONE;
  const [items, setItems] = useState(initial);
  useEffect(() => setItems(initial), [initial]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const ask = recent?.ask;
  const refresh = useCallback(async () => {
    timer.current = null;
    const answer = await ask?.({ limit: RECENT_DEPLOYMENTS }).catch(() => null);
    // One that was not answered is followed by the next change, or by the page.
    if (answer?.ok) setItems(answer.data.items);
  }, [ask]);
  useTeamEvents((event) => {
    if (event.type === 'deployment.changed') timer.current ??= setTimeout(refresh, PATIENCE_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return items;
}
