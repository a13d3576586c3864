import type { Metadata } from 'next';
import { Connect } from '#components/connect/connect.tsx';
import { Overview } from '#components/overview/overview.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listRunlessAgents } from '#lib/agents/runless-agents.ts';
import { listTransitions } from '#lib/agents/transition-queries.ts';
import { toColumns } from '#lib/model/agent-columns.ts';
import { publicAddresses } from '#lib/web/addresses.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { allAgents } from '../all-agents.ts';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage() {
  const [agents, changes, runless] = await Promise.all([
    allAgents(),
    read(listTransitions, { limit: 30 }),
    read(listRunlessAgents, {}),
  ]);
  if (agents.length > 0) {
    return (
      <Overview
        agents={toColumns(agents)}
        changes={changes.items}
        runless={runless}
        renderedAtMs={Date.now()}
      />
    );
  }
  const { permissions } = await requireActor();
  const mayCreate = permissions.has('api-keys:create');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="No agents yet.">
        Pitwall watches what your agents already tell through OpenTelemetry. Two steps connect the first one.
      </PageHeader>
      <Connect
        leadOn
        addresses={await publicAddresses()}
        noKeyReason={mayCreate ? null : 'Ask a developer or an admin of your team for an API key.'}
      />
    </div>
  );
}
