'use client';

import { useCallback } from 'react';
import type { RequestFailure } from '#components/live/ask.ts';
import { useTeamEvents } from '#components/live/hooks.ts';
import { useFreshest } from '#components/live/use-freshest.ts';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import type { Changed } from '../acts/actions.ts';
import { readDeployment } from '../ask.ts';
import { newestDeployment, withNews } from './newest-deployment.ts';

/** One deployment, kept true by events; what it brought about, or takes back, is read with it. */
export function useDeployment(initial: DeploymentDetail): {
  deployment: DeploymentDetail;
  failure: RequestFailure | null;
  refresh: () => Promise<void>;
  /** Takes what an act answered. */
  tell: (changed: Changed) => void;
} {
  const { id } = initial;
  const read = useCallback(() => readDeployment(id), [id]);
  const { value: deployment, failure, refresh, change } = useFreshest(initial, read, newestDeployment, 250);
  const tell = (news: Changed) => {
    if (news.id === id) change((before) => withNews(before, news));
    void refresh();
  };
  useTeamEvents((event) => {
    if (event.type === 'resync') void refresh();
    if (event.type !== 'deployment.changed') return;
    const isNear =
      event.deploymentId === deployment.rolledBackBy?.id || event.agentId === deployment.agent.id;
    if (event.deploymentId === id || isNear)
      tell({ id: event.deploymentId, seq: event.seq, status: event.status });
  });
  return { deployment, failure, refresh, tell };
}
