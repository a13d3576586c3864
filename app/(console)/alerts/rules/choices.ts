import { allAgents } from '#app/(console)/all-agents.ts';
import type { EditorChoices } from '#components/alert-rules/editor-choices.ts';
import { listMetrics } from '#lib/metrics/queries.ts';
import { read } from '#lib/web/session.ts';

const valuesOf = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((value) => value !== null && value !== ''))].sort() as string[];

/** What the fields of the rule editor offer: the team's metrics, its agents and the values of their labels. */
export async function editorChoices(): Promise<EditorChoices> {
  const [agents, metrics] = await Promise.all([allAgents(), read(listMetrics, {})]);
  return {
    metrics: metrics.map(({ metric, unit }) => ({ metric, unit })),
    agents: agents.map(({ id, name, environment }) => ({ id, name, environment })),
    labels: {
      agent: valuesOf(agents.map(({ name }) => name)),
      environment: valuesOf(agents.map(({ environment }) => environment)),
      namespace: valuesOf(agents.map(({ namespace }) => namespace)),
      type: valuesOf(agents.map(({ type }) => type)),
      version: valuesOf(agents.map(({ version }) => version)),
    },
  };
}
