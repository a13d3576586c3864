import { clsx } from 'clsx';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { Status } from '#components/ui/status.tsx';
import { formatCost, unpricedWords } from '#lib/model/cost.ts';
import { formatCount, formatDuration, formatPercent, MISSING } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import type { FleetAgent } from './fleet.ts';
import type { AgentOrder } from './order.ts';

interface CellContext {
  history: readonly (number | null)[] | undefined;
  renderedAtMs: number;
}

export interface AgentColumn {
  key: string;
  label: string;
  order?: AgentOrder;
  numeric?: boolean;
  /** Width and from which width of the page it is shown. */
  className: string;
  cell: (agent: FleetAgent, context: CellContext) => ReactNode;
}

/** An error rate worth a look is written in the colour of its status. */
const LOUD_ERROR_RATE = 0.05;

/** The columns of the agent list, the deciding ones first. On phones a row becomes a card of the same cells. */
export const AGENT_COLUMNS: readonly AgentColumn[] = [
  {
    key: 'agent',
    label: 'Agent',
    order: 'name',
    className: 'w-[16%]',
    cell: (agent) => (
      <>
        <Link
          href={paths.agent(agent.id)}
          prefetch={false}
          className="font-medium after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {agent.name}
        </Link>
        {agent.namespace !== '' && <span className="ml-2 text-xs text-muted">{agent.namespace}</span>}
      </>
    ),
  },
  {
    key: 'status',
    label: 'Health',
    order: 'attention',
    className: 'w-[23%]',
    cell: (agent) => (
      <span className="flex min-w-0 items-center gap-2">
        <Status status={agent.status} />
        {agent.status !== 'running' && <span className="truncate text-xs text-muted">{agent.reason}</span>}
      </span>
    ),
  },
  {
    key: 'environment',
    label: 'Environment',
    order: 'environment',
    className: 'w-[9%] max-lg:hidden',
    cell: (agent) => agent.environment,
  },
  {
    key: 'requests',
    label: 'Req/min',
    order: 'requests',
    numeric: true,
    className: 'w-[7%]',
    cell: (agent) => formatCount(agent.live?.requestsPerMin),
  },
  {
    key: 'trend',
    label: 'Last hour',
    className: 'w-[8%] max-lg:hidden',
    cell: (_agent, { history }) => (history ? <Sparkline values={history} width={88} height={20} /> : null),
  },
  {
    key: 'errors',
    label: 'Errors',
    order: 'errors',
    numeric: true,
    className: 'w-[6%]',
    cell: ({ live }) => (
      <span className={clsx((live?.errorRate ?? 0) >= LOUD_ERROR_RATE && 'font-medium text-critical-text')}>
        {formatPercent(live?.errorRate)}
      </span>
    ),
  },
  {
    key: 'p95',
    label: 'p95',
    order: 'p95',
    numeric: true,
    className: 'w-[7%]',
    cell: ({ live }) => formatDuration(live?.p95Ms),
  },
  {
    key: 'tokens',
    label: 'Tokens/min',
    order: 'tokens',
    numeric: true,
    className: 'w-[8%] max-xl:hidden',
    cell: ({ live }) => formatCount(live?.tokensPerMin),
  },
  {
    key: 'cost',
    label: 'Cost/h',
    order: 'cost',
    numeric: true,
    className: 'w-[7%] max-lg:hidden',
    cell: ({ live }) => (
      <span title={unpricedWords(live?.unpricedCallsPerMin) ?? undefined}>
        {formatCost(live?.costPerHour, live?.unpricedCallsPerMin)}
      </span>
    ),
  },
  {
    key: 'version',
    label: 'Version',
    order: 'version',
    className: 'w-[6%] max-xl:hidden',
    cell: (agent) => agent.version ?? MISSING,
  },
  {
    key: 'owner',
    label: 'Owner',
    order: 'owner',
    className: 'w-[9%] max-xl:hidden',
    cell: (agent) => agent.owner ?? <span className="text-muted">Nobody</span>,
  },
  {
    key: 'seen',
    label: 'Last seen',
    order: 'seen',
    numeric: true,
    className: 'w-[8%] max-md:hidden',
    cell: (agent, { renderedAtMs }) => <Ago atMs={agent.lastSeenMs} renderedAtMs={renderedAtMs} />,
  },
];
