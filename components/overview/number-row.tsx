'use client';

import Link from 'next/link';
import type { FleetAgent } from '#components/agents/fleet.ts';
import { useFleetTotals } from '#components/live/hooks.ts';
import { Card } from '#components/ui/card.tsx';
import { type Direction, Stat } from '#components/ui/stat.tsx';
import { STATUS_LOOKS, STATUSES_BY_URGENCY, StatusMark } from '#components/ui/status.tsx';
import { Unpriced } from '#components/ui/unpriced.tsx';
import { formatCost, unpricedWords } from '#lib/model/cost.ts';
import { formatChange, formatCount, formatDuration, formatPercent, MISSING } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { type RowTotals, totalsOfAgents, totalsOfTeam } from './totals.ts';
import { useEnvironmentP95 } from './use-environment-p95.ts';
import { useRowHistory } from './use-row-history.ts';

const MEASURED = ['requests', 'error_rate', 'latency_p95', 'tokens', 'cost'] as const;
type Measured = (typeof MEASURED)[number];

interface NumberSpec {
  label: string;
  unit?: string;
  value: (totals: RowTotals) => string;
  /** What is missing from the value; stands in for its history then, so that nothing jumps. */
  missing?: (totals: RowTotals) => string | null;
  direction: Direction;
}

const NUMBERS: Record<Measured, NumberSpec> = {
  requests: {
    label: 'Requests',
    unit: '/min',
    value: (t) => formatCount(t.requestsPerMin),
    direction: 'neutral',
  },
  error_rate: { label: 'Error rate', value: (t) => formatPercent(t.errorRate), direction: 'up-is-bad' },
  latency_p95: { label: 'p95 latency', value: (t) => formatDuration(t.p95Ms), direction: 'up-is-bad' },
  tokens: { label: 'Tokens', unit: '/min', value: (t) => formatCount(t.tokensPerMin), direction: 'neutral' },
  cost: {
    label: 'Cost',
    unit: '/h',
    value: (t) => formatCost(t.costPerHour, t.unpricedCallsPerMin),
    missing: (t) => unpricedWords(t.unpricedCallsPerMin),
    direction: 'up-is-bad',
  },
};

/** Keeps the place of a line that is on its way. */
const NO_HISTORY: readonly null[] = [];

/** The number row: agents by health, then what they do, each with its last hour and yesterday's same hour. */
export function NumberRow({ agents, environment }: { agents: readonly FleetAgent[]; environment: string }) {
  const team = useFleetTotals();
  const histories = useRowHistory(MEASURED, environment);
  const p95Ms = useEnvironmentP95(environment);
  const totals = environment === '' ? totalsOfTeam(team) : totalsOfAgents(agents, p95Ms);
  return (
    <Card label="Totals over the last minute">
      <dl className="grid grid-cols-2 divide-line *:border-line sm:grid-cols-3 xl:grid-cols-6 xl:divide-x">
        <HealthStat agents={agents} environment={environment} />
        {MEASURED.map((measure) => {
          const spec = NUMBERS[measure];
          const history = histories[measure];
          const missing = spec.missing?.(totals) ?? null;
          return (
            <Stat
              key={measure}
              label={spec.label}
              value={spec.value(totals)}
              unit={spec.value(totals) === MISSING ? undefined : spec.unit}
              direction={spec.direction}
              change={formatChange(history?.now, history?.before)}
              history={history?.values ?? NO_HISTORY}
              {...(missing !== null && { detail: <Unpriced words={missing} /> })}
            />
          );
        })}
      </dl>
    </Card>
  );
}

function HealthStat({ agents, environment }: { agents: readonly FleetAgent[]; environment: string }) {
  const counts = STATUSES_BY_URGENCY.map((status) => ({
    status,
    count: agents.filter((agent) => agent.status === status).length,
  })).filter(({ count }) => count > 0);
  return (
    <Stat
      label="Agents"
      value={formatCount(agents.length)}
      detail={
        <ul className="flex h-6 flex-wrap items-center gap-x-3 overflow-hidden text-xs">
          {counts.map(({ status, count }) => (
            <li key={status}>
              <Link
                href={paths.agents({ status, env: environment })}
                aria-label={`${count} ${STATUS_LOOKS[status].word.toLowerCase()}`}
                className="flex items-center gap-1 hover:underline"
              >
                <StatusMark status={status} />
                <span className="font-medium">{count}</span>
              </Link>
            </li>
          ))}
        </ul>
      }
    />
  );
}
