'use client';

import Link from 'next/link';
import { useAgentLive } from '#components/live/hooks.ts';
import { paths } from '#lib/model/paths.ts';
import { withoutRunsWords } from './without-runs-words.ts';

/** Says why the numbers of agents that send no run spans stay empty, and what helps. */
export function WithoutRuns({ agents }: { agents: readonly string[] }) {
  if (agents.length === 0) return null;
  return (
    <p className="text-sm text-muted wrap-anywhere">
      {withoutRunsWords(agents)} Send <code className="font-mono text-xs">invoke_agent</code> spans (see{' '}
      <Link href={paths.connect()} className="underline underline-offset-2 hover:text-ink">
        Connect
      </Link>
      ), or let a rule count model calls.
    </p>
  );
}

/** The same on the page of one agent, until its first run is seen. */
export function AgentWithoutRuns({ agentId, name }: { agentId: string; name: string }) {
  const live = useAgentLive(agentId);
  return <WithoutRuns agents={(live?.requestsPerMin ?? 0) > 0 ? [] : [name]} />;
}
