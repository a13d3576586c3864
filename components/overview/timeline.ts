import type { DeploymentRow } from '#lib/model/deployment.ts';
import type { Change } from './add-change.ts';

/** One thing that happened, with the moment that it stands at. */
type Entry = { key: string; at: number } & ({ change: Change } | { deployment: DeploymentRow });

const SHOWN = 50;

/** Changes of health and deployments on one line of time, newest first; a deployment stands where it came to be what it is. */
export function timelineOf(
  changes: readonly Change[],
  deployments: readonly DeploymentRow[],
  only: ReadonlyMap<string, string> | null,
): Entry[] {
  const isShown = (agentId: string | null) => only === null || (agentId !== null && only.has(agentId));
  const entries: Entry[] = [
    ...changes
      .filter(({ agentId }) => isShown(agentId))
      .map((change) => ({ key: change.id, at: change.at, change })),
    ...deployments
      .filter(({ agent }) => isShown(agent.id))
      .map((deployment) => {
        const { id, finishedAt, startedAt, createdAt } = deployment;
        return { key: id, at: finishedAt ?? startedAt ?? createdAt, deployment };
      }),
  ];
  return entries.sort((a, b) => b.at - a.at).slice(0, SHOWN);
}
