'use client';

import { useAgentLive } from '#components/live/hooks.ts';
import { Card } from '#components/ui/card.tsx';
import { Stat } from '#components/ui/stat.tsx';
import { formatCost, unpricedWords } from '#lib/model/cost.ts';
import { formatCount, formatDuration, formatPercent } from '#lib/model/format.ts';

/** What the agent did in the last minute, in place and without a jump. */
export function AgentNumbers({ agentId }: { agentId: string }) {
  const live = useAgentLive(agentId);
  return (
    <Card label="The last minute">
      <dl className="grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-6 xl:divide-x xl:divide-line">
        <Stat
          label="Requests"
          value={formatCount(live?.requestsPerMin)}
          unit="/min"
          live={{ name: 'requests', value: live?.requestsPerMin ?? null }}
        />
        <Stat
          label="Error rate"
          value={formatPercent(live?.errorRate)}
          live={{ name: 'error-rate', value: live?.errorRate ?? null }}
        />
        <Stat label="p50 latency" value={formatDuration(live?.p50Ms)} />
        <Stat label="p95 latency" value={formatDuration(live?.p95Ms)} />
        <Stat label="Tokens" value={formatCount(live?.tokensPerMin)} unit="/min" />
        <Stat
          label="Cost"
          value={formatCost(live?.costPerHour, live?.unpricedCallsPerMin)}
          unit={live?.costPerHour === null ? undefined : '/h'}
          note={unpricedWords(live?.unpricedCallsPerMin)}
        />
      </dl>
    </Card>
  );
}
