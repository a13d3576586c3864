import { ScalingView } from '#components/scaling/scaling-view.tsx';
import { listClusters } from '#lib/clusters/queries.ts';
import { listScalingDecisions, listScalingPolicies } from '#lib/scaling/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';
import type { AgentPageProps } from '../../agent.ts';
import { createScalingPolicy, deleteScalingPolicy, previewScaling, updateScalingPolicy } from './actions.ts';

export default async function AgentScalingPage({ params }: AgentPageProps) {
  const agent = await records.agent((await params).id);
  const { permissions } = await requireActor();
  const [{ items }, clusters] = await Promise.all([
    read(listScalingPolicies, { agentId: agent.id }),
    permissions.has('clusters:read') ? read(listClusters, {}) : { items: [] },
  ]);
  const [policy = null] = items;
  const decisions = policy ? (await read(listScalingDecisions, { id: policy.id, limit: 100 })).items : [];
  return (
    <ScalingView
      agent={{ id: agent.id, name: agent.name }}
      policy={policy}
      decisions={decisions}
      clusters={clusters.items.map(({ id, name, namespaces }) => ({ id, name, namespaces }))}
      actions={
        permissions.has('deployments:configure')
          ? {
              create: createScalingPolicy,
              update: updateScalingPolicy,
              remove: deleteScalingPolicy,
              preview: previewScaling,
            }
          : null
      }
      renderedAtMs={Date.now()}
    />
  );
}
