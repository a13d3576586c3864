import type { Ability } from '#lib/model/agent-view.ts';
import type { AutoscalerView, WorkloadAction, WorkloadReading } from '#lib/model/workload.ts';

/** What decides what may be done to a workload, as data: pages disable with the words that a worker refuses with. */
export type WorkloadFacts = Pick<WorkloadReading, 'isPaused'> & {
  desired: number;
  autoscalers: readonly Pick<AutoscalerView, 'name' | 'minReplicas' | 'maxReplicas'>[];
};

const no = (reason: string): Ability => ({ allowed: false, reason });
const YES: Ability = { allowed: true };

/** Who scales a workload, with the limits: to be changed instead of the number itself (deployment S-49). */
function keptByAutoscaler({ autoscalers: [first] }: WorkloadFacts): string | null {
  if (!first) return null;
  return `The autoscaler ${first.name} keeps it between ${first.minReplicas} and ${first.maxReplicas} pods: change those limits.`;
}

/**
 * Whether a number of pods may be set by hand. An autoscaler would set its own at once, unless there are none: it
 * rests while nothing runs, so that 0 stops a workload and any number starts it again.
 */
export function mayScaleTo(facts: WorkloadFacts, replicas: number): Ability {
  const kept = keptByAutoscaler(facts);
  return kept === null || replicas === 0 || facts.desired === 0 ? YES : no(`${kept} Only 0 stops it.`);
}

/** Whether the state of a workload admits an action; who asks and what the cluster allows are other questions. */
export function workloadCan(facts: WorkloadFacts, action: WorkloadAction): Ability {
  const { isPaused } = facts;
  switch (action) {
    case 'restart':
      if (isPaused) return no('It is paused: resume it first, then restart it.');
      return facts.desired === 0 ? no('It has no pods: scale it up.') : YES;
    case 'pause':
      return isPaused ? no('It is paused already.') : YES;
    case 'resume':
      return isPaused ? YES : no('It is not paused.');
    case 'setAutoscaler':
      return facts.autoscalers.length > 0 ? YES : no('Nothing scales it by itself.');
    case 'scale':
    case 'readLogs':
      return YES;
  }
}
