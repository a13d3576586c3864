'use client';

import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { Skeleton, StateMessage } from '#components/ui/states.tsx';
import { type StatusLook, ToneMark } from '#components/ui/status.tsx';
import type { WorkloadView } from '#lib/model/workload.ts';
import { ActButtons } from './act-buttons.tsx';
import type { WorkloadActs } from './act-on.ts';
import { Autoscalers } from './autoscalers.tsx';
import { WorkloadEvents } from './events.tsx';
import { Pods } from './pods.tsx';
import { useWorkload } from './use-workload.ts';

const HEALTH: Record<WorkloadView['health'], StatusLook> = {
  healthy: { tone: 'ok', word: 'Healthy', shape: 'disc' },
  degraded: { tone: 'warning', word: 'Degraded', shape: 'triangle' },
  unavailable: { tone: 'critical', word: 'Unavailable', shape: 'diamond' },
};

function lookOf({ health, replicas, isPaused }: WorkloadView): StatusLook {
  if (replicas.desired === 0) return { tone: 'unknown', word: 'Stopped', shape: 'square' };
  const { word, ...look } = HEALTH[health];
  return { ...look, word: isPaused ? `${word}, paused` : word };
}

interface WorkloadTabProps {
  agent: { id: string; name: string };
  place: { cluster: string; namespace: string; name: string };
  acts: WorkloadActs;
  renderedAtMs: number;
}

/** The running workload of an agent: how it is in one line, what can be done, and the evidence below. */
export function WorkloadTab({ agent, place, acts, renderedAtMs }: WorkloadTabProps) {
  const { view, failure, refresh } = useWorkload(agent.id);
  if (view === null && failure === null)
    return (
      <div aria-busy="true">
        <p className="sr-only">Asking the cluster.</p>
        <Skeleton className="h-40 w-full" />
      </div>
    );
  if (view === null)
    return (
      <StateMessage kind="error" title={`The workload of ${agent.name} could not be read`}>
        {failure} It is asked again every few seconds.
      </StateMessage>
    );
  const { tone, word, shape } = lookOf(view);
  return (
    <>
      {failure !== null && (
        <StateMessage kind="stale" compact title="This is not current">
          {failure} Shown is what was read <Ago atMs={view.readAt} renderedAtMs={renderedAtMs} />.
        </StateMessage>
      )}
      <Card label="Workload" className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex items-center gap-1.5 text-md font-medium">
            <ToneMark tone={tone} shape={shape} />
            {word}: {view.replicas.available} of {view.replicas.desired} pods available
          </p>
          <p className="text-sm text-muted wrap-anywhere">{view.says}</p>
          <p className="text-xs text-muted wrap-anywhere">
            {place.cluster} · {place.namespace}/{place.name}
          </p>
          {view.revertWarning !== null && (
            <p className="mt-1 text-sm text-warning-text wrap-anywhere">{view.revertWarning}</p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          <ActButtons view={view} acts={acts} refresh={refresh} />
        </div>
      </Card>
      <Pods view={view} renderedAtMs={renderedAtMs} />
      <Autoscalers view={view} act={acts.setAutoscaler} refresh={refresh} />
      <WorkloadEvents view={view} renderedAtMs={renderedAtMs} />
    </>
  );
}
