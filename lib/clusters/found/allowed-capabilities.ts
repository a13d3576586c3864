import type { ACCESS_CHECKS, AccessFinding } from '#lib/model/cluster.ts';
import type { AgentCapabilities } from '#lib/model/cluster-agent.ts';

type Check = (typeof ACCESS_CHECKS)[number]['says'];

/**
 * What can be done with an agent in its namespace with the credentials that there are, as the last check found. What was
 * not checked yet is not held against it.
 */
export function allowedCapabilities(
  capabilities: AgentCapabilities,
  access: readonly AccessFinding[] | null,
  namespace: string,
): AgentCapabilities {
  const may = (says: Check): boolean =>
    access?.find((finding) => finding.namespace === namespace && finding.says === says)?.isAllowed ?? true;
  const { deployable, scalable, logs } = capabilities;
  return {
    ...capabilities,
    deployable: deployable && may('Deploy and roll back'),
    scalable: scalable === 'workload' && !may('Scale') ? 'no' : scalable,
    logs: logs && may('Read logs'),
  };
}
