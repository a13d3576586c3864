import type { AgentFacts } from '#lib/model/cluster-agent.ts';

interface Candidate {
  id: string;
  name: string;
  environment: string;
  serviceNamespace: string;
}

/**
 * Which agents of the console a found one may be: the one that its label names, or else those that are called as its
 * telemetry calls itself, by the first of its names that anybody has.
 */
export function meantAgents<Known extends Candidate>(
  { agentId, names, environment, serviceNamespace }: AgentFacts['telemetry'],
  candidates: readonly Known[],
): Known[] {
  const labeled = candidates.filter(({ id }) => id === agentId);
  if (labeled.length > 0) return labeled;
  const possible = candidates.filter(
    (candidate) =>
      (environment === null || candidate.environment === environment) &&
      (serviceNamespace === null || candidate.serviceNamespace === serviceNamespace),
  );
  for (const name of names) {
    const called = possible.filter((candidate) => candidate.name === name);
    if (called.length > 0) return called;
  }
  return [];
}
