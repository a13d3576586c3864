'use client';

import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useCallback, useRef } from 'react';
import { Icon } from '#components/ui/icon.tsx';
import { useWindowRows } from '#components/ui/use-window-rows.ts';
import { AGENT_COLUMNS, type AgentColumn } from './columns.tsx';
import type { FleetAgent } from './fleet.ts';
import type { AgentOrder } from './order.ts';

interface AgentTableProps {
  agents: readonly FleetAgent[];
  order: AgentOrder;
  reversed: boolean;
  onSort: (order: AgentOrder) => void;
  histories: ReadonlyMap<string, readonly (number | null)[]>;
  renderedAtMs: number;
}

const FALLBACK_ROW_PX = 40;

/** The list as a table that draws only the rows on screen; cards below the first breakpoint. */
export function AgentTable({ agents, order, reversed, onSort, histories, renderedAtMs }: AgentTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useCallback(
    () => body.current?.querySelector<HTMLElement>('[data-row]')?.offsetHeight ?? FALLBACK_ROW_PX,
    [],
  );
  const rows = useWindowRows(body, agents.length, rowHeight);
  return (
    <table
      aria-rowcount={agents.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 text-sm max-md:block"
    >
      <thead className="max-md:sr-only">
        <tr>
          {AGENT_COLUMNS.map((column) => (
            <HeadCell
              key={column.key}
              column={column}
              active={column.order === order}
              reversed={reversed}
              onSort={onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody ref={body} className="max-md:block">
        <Spacer height={rows.from * rows.rowHeight} />
        {agents.slice(rows.from, rows.to).map((agent, i) => (
          <Row
            key={agent.id}
            agent={agent}
            index={rows.from + i}
            history={histories.get(agent.id)}
            renderedAtMs={renderedAtMs}
          />
        ))}
        <Spacer height={(agents.length - rows.to) * rows.rowHeight} />
      </tbody>
    </table>
  );
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr className="max-md:block">
      <td colSpan={AGENT_COLUMNS.length} className="p-0 max-md:block" style={{ height }} />
    </tr>
  );
}

function HeadCell(props: {
  column: AgentColumn;
  active: boolean;
  reversed: boolean;
  onSort: (order: AgentOrder) => void;
}) {
  const { column, active, reversed, onSort } = props;
  const { order } = column;
  return (
    <th
      scope="col"
      aria-sort={active ? (reversed ? 'descending' : 'ascending') : undefined}
      className={clsx(
        'sticky top-12 z-10 cell-x h-9 border-b border-line bg-surface text-xs font-normal text-muted first:rounded-tl-lg last:rounded-tr-lg',
        column.numeric ? 'text-right' : 'text-left',
        column.className,
      )}
    >
      {order === undefined ? (
        column.label
      ) : (
        <button
          type="button"
          onClick={() => onSort(order)}
          className={clsx(
            'inline-flex h-7 items-center gap-1 rounded-sm whitespace-nowrap hover:text-ink',
            active && 'font-medium text-ink',
          )}
        >
          {column.label}
          {active && <Icon of={reversed ? ArrowUp : ArrowDown} size={14} />}
        </button>
      )}
    </th>
  );
}

interface RowProps {
  agent: FleetAgent;
  index: number;
  history: readonly (number | null)[] | undefined;
  renderedAtMs: number;
}

const Row = memo(function Row({ agent, index, history, renderedAtMs }: RowProps) {
  return (
    <tr
      data-row
      data-agent={agent.id}
      aria-rowindex={index + 2}
      className="relative hover:bg-hover max-md:grid max-md:h-[100px] max-md:grid-cols-3 max-md:content-center max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:border-line max-md:px-4"
    >
      {AGENT_COLUMNS.map((column) => (
        <td
          key={column.key}
          data-column={column.key}
          className={clsx(
            'cell-x h-(--row) truncate md:border-b md:border-line max-md:h-auto max-md:w-auto max-md:px-0',
            column.numeric && 'md:from-end',
            (column.key === 'agent' || column.key === 'status') && 'max-md:col-span-3',
            column.className,
          )}
        >
          {column.numeric && <span className="mr-1 text-xs text-muted md:hidden">{column.label}</span>}
          {column.cell(agent, { history, renderedAtMs })}
        </td>
      ))}
    </tr>
  );
});
