import type { DeploymentRow } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { formatPlural } from '#lib/model/format.ts';

const nameOf = ({ agent, version }: DeploymentRow) => `${agent.name} ${version}`;
const count = (some: readonly DeploymentRow[], words: string) =>
  some.length === 0 ? [] : [`${some.length} ${words}`];

/** What a deployment that is alone under way does. */
function alone(row: DeploymentRow): string {
  const name = nameOf(row);
  if (row.status === 'awaiting_approval') return `${name} waits for approval`;
  if (row.status === 'pending') return `${name} is about to start`;
  if (row.unreachableSince !== null) return `${name}: ${row.cluster.name} does not answer`;
  if (row.isPaused) return `${name} is paused`;
  return row.kind === 'rollback'
    ? `${row.agent.name} is going back to ${row.version}`
    : `${name} is rolling out to ${row.environment}`;
}

/** What is rolling out and what waits for somebody: the conclusion of the page. */
export function listVerdict(rows: readonly DeploymentRow[]): { line: string; detail: string } {
  const active = rows.filter(({ status }) => isActive(status));
  const [first] = active;
  const waiting = active.filter(({ status }) => status === 'awaiting_approval');
  const approve = waiting.map((row) => `${nameOf(row)} in ${row.environment}`).join(', ');
  if (!first)
    return {
      line: 'Nothing is rolling out',
      detail: 'What is deployed appears here by itself and moves as the cluster does.',
    };
  if (active.length === 1)
    return {
      line: alone(first),
      detail: `${first.cluster.name}/${first.namespace}, asked by ${first.requestedBy}`,
    };
  const going = active.filter(({ status }) => status === 'in_progress');
  const deaf = going.filter(({ unreachableSince }) => unreachableSince !== null);
  const parts = [
    ...count(going, 'rolling out'),
    ...count(waiting, waiting.length === 1 ? 'waits for approval' : 'wait for approval'),
    ...count(
      active.filter(({ status }) => status === 'pending'),
      'about to start',
    ),
    ...count(deaf, deaf.length === 1 ? 'without answer of its cluster' : 'without answer of their clusters'),
  ];
  return {
    line: `${formatPlural(active.length, 'deployment')} under way: ${parts.join(', ')}`,
    detail: approve === '' ? 'They move as their clusters do.' : `Waiting for approval: ${approve}`,
  };
}
