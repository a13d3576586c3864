import type { Metadata } from 'next';
import { Connect } from '#components/connect/connect.tsx';
import { Overview } from '#components/overview/overview.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listRunlessAgents } from '#lib/agents/runless-agents.ts';
import { listTransitions } from '#lib/agents/transition-queries.ts';
import { listDeployments } from '#lib/deployments/queries.ts';
import { toColumns } from '#lib/model/agent-columns.ts';
import { RECENT_DEPLOYMENTS } from '#lib/model/deployment-view.ts';
import { publicAddresses } from '#lib/web/addresses.ts';
import { maySeeDeployments } from '#lib/web/has-feature.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { allAgents } from '../all-agents.ts';
import { recentDeployments } from './actions.ts';

export const metadata: Metadata = { title: 'Overview' };

/** The latest deployments, and how to ask for them again; nothing for who may not see them. */
async function deploymentsHere() {
  if (!(await maySeeDeployments())) return null;
  const { items } = await read(listDeployments, { limit: RECENT_DEPLOYMENTS });
  return { items, ask: recentDeployments };
}

export default async function OverviewPage() {
  const [agents, changes, runless, deployments] = await Promise.all([
    allAgents(),
    read(listTransitions, { limit: 30 }),
    read(listRunlessAgents, {}),
    deploymentsHere(),
  ]);
  if (agents.length > 0) {
    return (
      <Overview
        agents={toColumns(agents)}
        changes={changes.items}
        deployments={deployments}
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
