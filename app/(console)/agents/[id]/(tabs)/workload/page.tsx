import { StateMessage } from '#components/ui/states.tsx';
import { WorkloadTab } from '#components/workload/workload-tab.tsx';
import { locateWorkload } from '#lib/deployments/workload/read-workload.ts';
import { read } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';
import type { AgentPageProps } from '../../agent.ts';
import { pauseWorkload, restartWorkload, resumeWorkload, scaleWorkload, setAutoscaler } from './actions.ts';

export default async function AgentWorkloadPage({ params }: AgentPageProps) {
  const { id } = await params;
  const [agent, place] = await Promise.all([records.agent(id), read(locateWorkload, { agentId: id })]);
  if (place === null)
    return (
      <StateMessage kind="empty" title={`Pitwall knows of no workload of ${agent.name}`}>
        Its pods, events and logs are shown here once it is deployed to a cluster, or found in one and
        adopted.
      </StateMessage>
    );
  const acts = {
    ...{ restart: restartWorkload, scale: scaleWorkload, pause: pauseWorkload },
    ...{ resume: resumeWorkload, setAutoscaler },
  };
  return <WorkloadTab agent={{ id, name: agent.name }} place={place} acts={acts} renderedAtMs={Date.now()} />;
}
