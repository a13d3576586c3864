import { Card, CardHeader } from '#components/ui/card.tsx';
import type { AgentDetail } from '#lib/model/agent-view.ts';
import { MISSING } from '#lib/model/format.ts';

type Rows = readonly [label: string, value: string | number | null][];

/** What is known and set of an agent. */
export function Configuration({ agent }: { agent: AgentDetail }) {
  const seconds = (value: number | null) => (value === null ? 'Default of the installation' : `${value} s`);
  const groups: readonly [title: string, rows: Rows][] = [
    [
      'Identity',
      [
        ['Name', agent.name],
        ['Type', agent.type],
        ['Environment', agent.environment],
        ['Namespace', agent.namespace || null],
        ['Came to be known', agent.source === 'discovered' ? 'By its own telemetry' : 'Made by hand'],
        ['Conventions', agent.convention],
        ['Description', agent.description || null],
      ],
    ],
    [
      'Health and control',
      [
        ['Health URL', agent.healthUrl],
        ['Control URL', agent.controlUrl],
        ['Check every', seconds(agent.healthIntervalSeconds)],
        ['Unreachable after', seconds(agent.healthTimeoutSeconds)],
      ],
    ],
    [
      'Kubernetes',
      [
        ['Namespace', agent.kubernetesNamespace],
        ['Deployment', agent.kubernetesDeployment],
        ['Replicas', agent.replicas],
        ['CPU limit', agent.cpuLimit],
        ['Memory limit', agent.memoryLimit],
      ],
    ],
  ];
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2 xl:grid-cols-3">
      {groups.map(([title, rows]) => (
        <Card key={title} label={title}>
          <CardHeader title={title} />
          <dl className="px-4 pb-2 text-sm">
            {rows.map(([label, value]) => (
              <div
                key={label}
                className="flex justify-between gap-6 border-t border-line py-2 first:border-t-0"
              >
                <dt className="shrink-0 text-muted">{label}</dt>
                <dd className="text-right wrap-anywhere">
                  {value ?? <span className="text-muted">{MISSING}</span>}
                </dd>
              </div>
            ))}
          </dl>
        </Card>
      ))}
    </div>
  );
}
